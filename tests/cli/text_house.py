"""A terminal of a campaign that gets texts: people text its number by the app's own road, on moto."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import boto3

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.subscribers import Standing
from chalicelib.domain.subscriber import ConsentRow, State
from chalicelib.runtime import install, runtime
from chalicelib.views import texting
from cli.at_work import at_work
from cli.connection import connect
from tests import values
from tests.cli.conftest import SETTINGS, Shell
from tests.rehearsal import texts_of

SLUG, SHELTERS = values.CAMPAIGN.slug, "shelters"
ANA, LUIS = "+14045550123", "+13055550187"
OURS = values.OUR_NUMBER
_sids = count(1)


@dataclass
class TextHouse:
    """The terminal, and people who text."""

    shell: Shell

    def run(self, *words: str, answer: str | None = None) -> Any:
        """Type a command."""
        return self.shell.run(*words, answer=answer)

    def text(self, body: str, number: str = ANA, ago: timedelta = timedelta(0)) -> None:
        """Let somebody text our number, some time ago."""
        with at_work(connect()) as r:
            at = datetime.now(UTC) - ago
            install(replace(r, now=lambda: at))
            texting.heard(texting.Text(f"SM{next(_sids):032x}", number, OURS, body))

    def join(self, number: str = ANA, keyword: str = "FAMILIAS", ago: timedelta = timedelta(hours=2)) -> None:
        """Let somebody join and confirm."""
        self.text(keyword, number, ago)
        self.text("SI", number, ago - timedelta(minutes=1))

    def standing(self, number: str = ANA) -> Standing:
        """All that is known of a number."""
        with at_work(connect()) as r:
            return r.subscribers.standing(texting.key_of(number))

    def state(self, number: str = ANA, slug: str = SLUG) -> State:
        """Where a number stands with a programme."""
        return self.standing(number).with_programme(slug).state

    def rows(self, number: str = ANA) -> Sequence[ConsentRow]:
        """A number's ledger."""
        with at_work(connect()) as r:
            return r.subscribers.consents(texting.key_of(number))

    def key(self, number: str = ANA) -> str:
        """The keyed hash of a number."""
        with at_work(connect()):
            return texting.key_of(number)

    def is_listed(self, number: str = ANA) -> bool:
        """Whether a number stands on the roll."""
        with at_work(connect()):
            return any(row.number == number for row in runtime().roll.all(SLUG))

    def record(self) -> list[Entry]:
        """What people changed or looked at today."""
        return list(audit.entries(self.shell.catalog.table, datetime.now(UTC)))


@contextmanager
def opened(shell: Shell) -> Iterator[TextHouse]:
    """A deployment with two campaigns that get texts at the one number."""
    boto3.client("secretsmanager", region_name="us-east-1").create_secret(
        Name=SETTINGS["PATCHTHROUGH_SECRETS"],
        SecretString=json.dumps({"twilio_auth_token": "x", "phone_key": "a key for tests only"}),
    )
    for slug, words in ((SLUG, None), (SHELTERS, ("SHELTERS", "REFUGIOS"))):
        texts = texts_of(slug)
        if words:
            keywords = tuple(
                replace(each, word=word) for each, word in zip(texts.keywords, words, strict=True)
            )
            texts = replace(texts, keywords=keywords)
        for office in values.OFFICES:
            shell.catalog.put_office(office)
        made = values.campaign(slug=slug, revision=0, offices=values.OFFICES, texts=texts)
        shell.catalog.apply(made, datetime.now(UTC))
    yield TextHouse(shell)
