"""A rehearsal of a campaign with texts, and what tests do to its form and read of it afterwards."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from chalicelib.adapters import keys
from chalicelib.adapters.outgoing_texts import OutgoingText
from chalicelib.domain.programme import version_of
from chalicelib.domain.subscriber import ConsentRow, State
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime, install
from chalicelib.views import texting
from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import ANA, SLUG, Rehearsal

PAGE = f"/c/{SLUG}/texts"
API = f"/api/campaigns/{SLUG}/subscriptions"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Signing(Rehearsal):
    """A rehearsal in which YES, STOP and the like are our own words, not Twilio's."""

    def __init__(self, built: Runtime, **options: Any) -> None:
        super().__init__(built, built.store._table.client, offices=1, **options)
        self.world.rules.keywords = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")

    # What people do.

    def version(self, language: str = "en") -> str:
        """What stands for the words beside the box."""
        campaign = self.runtime.campaign(SLUG)
        assert campaign is not None
        return version_of(texting.disclosure(campaign, Language(language)))

    def sent(self, phone: str = ANA, language: str = "en", **more: str) -> tuple[int, str, str]:
        """Send the page's form without a script; status, where it leads, and the page that came back."""
        fields = {"phone": phone, "consent": self.version(language)} | more
        body = urlencode(fields).encode()
        status, headers, page = self.ask("POST", f"{PAGE}?lang={language}", FORM, body)
        return status, headers.get("Location", headers.get("location", "")), page.decode()

    def asks(self, phone: str = ANA, **more: str) -> dict[str, Any]:
        """Ask the API; a proof that is given is sent again."""
        fields = {"phone": phone, "language": "en", "consent": self.version(more.get("language", "en"))}
        return self.post(API, fields | {"proof": more.get("proof") or self.proof()} | more)

    def settled(self, seconds: float = 5) -> None:
        self.world.advance(seconds)
        self.world.run_until_idle()

    def configured(self, **changes: Any) -> None:
        """Let the deployment's limits be others."""
        self.runtime = replace(self.runtime, config=replace(self.runtime.config, **changes))
        install(self.runtime)

    # What is true afterwards.

    def stands(self, phone: str = ANA) -> State:
        return self.runtime.subscribers.standing(texting.key_of(phone)).with_programme(SLUG).state

    def ledger(self, phone: str = ANA) -> tuple[ConsentRow, ...]:
        return self.runtime.subscribers.consents(texting.key_of(phone))

    def asked_twilio(self) -> int:
        """How often Twilio was asked to send a text."""
        return sum(entry.what == "POST Messages" for entry in self.world.wire)

    def forms(self) -> list[Mapping[str, Any]]:
        """Every item of a form that was sent, as DynamoDB has it."""
        return [item for item in self.rows() if item["PK"]["S"].startswith(keys.outgoing_text("").pk)]

    def kept(self) -> list[OutgoingText]:
        """What is kept of the forms that were sent."""
        ids = [item["id"]["S"] for item in self.forms()]
        found = [self.runtime.outgoing_texts.text(each, self.clock.now()) for each in ids]
        return [each for each in found if each]


def plain(page: str) -> str:
    """A page's words alone, and without the names that differ from one form to the next."""
    return re.sub(r"sent=[\w-]+", "sent=", page)
