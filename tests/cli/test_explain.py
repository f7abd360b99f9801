"""`patchthrough counts explain` and `correct`: a board's question answered at a terminal, and one call put right."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from chalicelib.adapters import audit, corrections, keys
from chalicelib.adapters.ledger import counting
from chalicelib.domain.counts import Action, Basis, Channel, LetterOutcome, Outcome
from chalicelib.domain.explaining import corrected
from dev.phone_world.calls import COMPLETED, OUTBOUND_API, OUTBOUND_DIAL, Call
from dev.phone_world.server import PhoneWorldServer
from tests import values
from tests.cli.conftest import CLIENT, SETTINGS, Door, Shell
from tests.rehearsal import TOKEN
from tests.stores import free_port

SLUG = values.CAMPAIGN.slug
ZONE = ZoneInfo("America/New_York")
ON = datetime.now(ZONE).date() - timedelta(days=3)
NOON = datetime.combine(ON, time(12), ZONE).astimezone(UTC)
EXPLAIN = ("counts", "explain", SLUG, "--on", str(ON))
NUMBERS = count(1)
LINES = {"ero-atl": "+14045550190", "ero-was": "+17035550191"}
CALLS = [
    Action(f"call-{n}-0", SLUG, Channel.CALLS, office, outcome, Basis.KEY, 40 + n, NOON + timedelta(hours=n))
    for n, (office, outcome) in enumerate([
        ("ero-atl", Outcome.SPOKE), ("ero-atl", Outcome.SPOKE), ("ero-was", Outcome.VOICEMAIL),
        ("ero-atl", Outcome.WRONG_NUMBER),
    ])
]  # fmt: skip


def write(shell: Shell, *rows: Action) -> None:
    for row in rows:
        writes: Any = counting(shell.catalog.table, [row])
        CLIENT.transact_write_items(TransactItems=writes)


def letter(name: str, *outcomes: LetterOutcome, step: timedelta = timedelta(days=1)) -> list[Action]:
    before = [None, *outcomes]
    return [
        Action(f"{name}-{n}", SLUG, Channel.LETTERS, "ero-atl", outcome, Basis.FACTS, 0, NOON + n * step, was)
        for n, (outcome, was) in enumerate(zip(outcomes, before, strict=False))
    ]


def lines(text: str) -> list[str]:
    return [" ".join(line.replace("█", "").split()) for line in text.splitlines()]


@pytest.fixture
def busy(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Four calls to two offices, on one day; and nobody at Twilio's address."""
    boto3.client("secretsmanager", region_name="us-east-1").create_secret(
        Name=SETTINGS["PATCHTHROUGH_SECRETS"],
        SecretString=json.dumps({"twilio_auth_token": TOKEN, "phone_key": "a key for tests only"}),
    )
    monkeypatch.setenv("TWILIO_API_URL", f"http://127.0.0.1:{free_port()}")
    for office in values.CAMPAIGN.offices:
        shell.catalog.put_office(office)
    shell.catalog.apply(values.campaign(revision=0), values.NOW)
    write(shell, *CALLS)
    return shell


@pytest.fixture
def twilio(busy: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PhoneWorldServer]:
    """A phone world that lists the calls of `busy`, each over ten seconds before we counted it."""
    account, ours = SETTINGS["TWILIO_ACCOUNT_SID"], SETTINGS["TWILIO_NUMBERS"]
    server = PhoneWorldServer(account, TOKEN, [ours], port=0)
    for row in CALLS:
        dial(server, LINES[row.office], row.at, row.seconds)
    server.start()
    monkeypatch.setenv("TWILIO_API_URL", server.url)
    yield server
    server.stop()


def dial(server: PhoneWorldServer, line: str, counted_at: datetime, seconds: int) -> None:
    """Let Twilio's list hold a supporter's call, and its leg to an office's line."""
    ended = (counted_at - server.world.clock.start).total_seconds() - 10
    begun, number = ended - seconds, next(NUMBERS)
    for sid, to, way, parent in (
        (f"CA{number:032x}", values.PHONE, OUTBOUND_API, None),
        (f"CA{10**9 + number:032x}", line, OUTBOUND_DIAL, f"CA{number:032x}"),
    ):
        call = Call(
            sid, to, SETTINGS["TWILIO_NUMBERS"], way, begun, parent, COMPLETED, begun, begun, begun, ended
        )
        server.world.calls.append(call)
        server.world.by_sid[sid] = call


@pytest.mark.parametrize("columns", [80, 120])
def test_a_day_is_explained_on_one_screen(
    twilio: PhoneWorldServer, busy: Shell, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    result = busy.run(*EXPLAIN, "--channel", "call")

    assert result.exit_code == 0, result.output
    shown = lines(result.stdout)
    whole = " ".join(shown)
    assert f"{SLUG} calls of {ON:%A, %B} {ON.day}, {ON.year}: 00:00" in whole
    assert "3 of 4 calls got through: 4 rows of the ledger." in whole
    assert "Spoke to someone 2 counts ✓" in shown
    assert "Wrong number 1 doesn’t count" in shown
    assert f"12:00 {NOON.astimezone(ZONE):%Z} 1 1 got through" in shown
    assert "Atlanta (ero-atl) 3 2 got through" in shown
    assert "✓ The ledger, added up again, gives the tally: all 4 calls of this campaign." in whole
    assert (
        "✓ Twilio’s list agrees with 4 of 4 calls: the office, the time, the seconds, and how they ended."
        in whole
    )
    assert shown[-1] == "acts=4 reached=3 rows=4 corrections=0 differences=0"
    assert max(map(len, result.stdout.splitlines())) <= columns
    assert values.PHONE not in result.output


def test_each_difference_is_said_in_a_sentence_and_is_exit_code_1(
    twilio: PhoneWorldServer, busy: Shell
) -> None:
    world = twilio.world
    world.calls[1].ended = (world.calls[1].ended or 0) + 5
    world.calls[3].status = "busy"
    del world.calls[4:6]
    dial(twilio, LINES["ero-was"], NOON + timedelta(hours=6), 33)

    result = busy.run(*EXPLAIN)

    whole = " ".join(lines(result.stdout))
    assert result.exit_code == 1
    assert "“Spoke to someone” (40 s); Twilio says 45 s. Row call-0-0." in whole
    assert "(41 s); Twilio says busy after 41 s, which can’t mean that. Row call-1-0." in whole
    assert "“Left a message” (42 s); Twilio lists no such call. Row call-2-0." in whole
    assert "Twilio lists a call (completed, 33 s), CA" in whole
    assert "that we never counted." in whole
    assert whole.endswith("differences=4")


def test_every_page_of_twilio_s_list_is_read(twilio: PhoneWorldServer, busy: Shell) -> None:
    rows = [
        replace(CALLS[0], id=f"more-{n}-0", at=NOON + timedelta(seconds=10 * n), seconds=60)
        for n in range(600)
    ]
    write(busy, *rows)
    for row in rows:
        dial(twilio, LINES[row.office], row.at, row.seconds)

    result = busy.run(*EXPLAIN, "--json")

    told = json.loads(result.stdout)
    assert told["checks"]["carrier"]["agree"] == 604
    assert [entry.what for entry in twilio.world.wire].count("GET Calls") == 2
    assert (told["differences"], result.exit_code) == (0, 0)


def test_without_twilio_it_says_so_and_the_ledger_is_explained_all_the_same(busy: Shell) -> None:
    unreachable, unasked = busy.run(*EXPLAIN), busy.run(*EXPLAIN, "--no-carrier")

    assert (unreachable.exit_code, unasked.exit_code) == (0, 0)
    assert "· Twilio was not asked: it can’t be reached from here" in " ".join(lines(unreachable.stdout))
    assert "· Twilio was not asked: --no-carrier." in unasked.stdout
    assert "differences=0" in unreachable.stdout
    told = json.loads(busy.run(*EXPLAIN, "--json").stdout)
    assert told["checks"]["carrier"]["asked"] is False


def test_all_days_are_explained_day_by_day(busy: Shell) -> None:
    write(busy, replace(CALLS[0], id="call-9-0", at=NOON + timedelta(days=1)))

    shown = lines(busy.run("counts", "explain", SLUG, "--no-carrier").stdout)

    assert f"{SLUG} all calls, by days in America/New_York" in shown
    assert f"{ON} 4 3 got through" in shown
    assert f"{ON + timedelta(days=1)} 1 1 got through" in shown
    assert shown[-1].startswith("acts=5 reached=4")


def test_a_letter_that_came_back_is_told_as_it_was_then_and_is_now(busy: Shell) -> None:
    write(busy, *letter("L-1", LetterOutcome.DELIVERED, LetterOutcome.BOUNCED))

    result = busy.run(*EXPLAIN, "--channel", "letter")

    shown = lines(result.stdout)
    whole = " ".join(shown)
    assert "0 of 1 letter delivered: 2 rows of the ledger." in shown
    assert "Delivered 0 1 counts ✓" in shown
    assert "Came back 1 0 doesn’t count" in shown
    assert "“Came back” in place of “Delivered”." in whole
    assert "✗" in whole
    assert "there is no such letter. Row L-1-1." in whole
    assert "SES keeps no list that could be asked anew" in whole
    assert result.exit_code == 1


def test_the_rows_are_printed_and_a_program_gets_them_too(busy: Shell) -> None:
    shown = busy.run(*EXPLAIN, "--rows", "--no-carrier").stdout
    told = json.loads(busy.run(*EXPLAIN, "--json", "--no-carrier").stdout)

    assert all(row.id in shown for row in CALLS)
    assert [row["id"] for row in told["rows"]] == [row.id for row in CALLS]
    assert told["now"] == told["then"]
    assert (told["now"]["reached"], told["now"]["outcomes"]["spoke"]) == (3, 2)
    assert sum(part["acts"] for part in told["times"].values()) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "There is no campaign nowhere in stage production"),
        ((SLUG, "--on", "24.11.2026"), "24.11.2026 is no day. Write it like 20"),
        ((SLUG, "--zone", "Mars/Olympus"), "There is no zone Mars/Olympus. Name one like America/New_York."),
        ((SLUG, "--channel", "fax"), "'fax' is not one of"),
    ],
)
def test_what_is_mistyped_is_answered_with_what_to_do(busy: Shell, words: tuple[str, ...], said: str) -> None:
    result = busy.run("counts", "explain", *words)

    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())


def test_a_lost_row_is_a_difference(busy: Shell) -> None:
    busy.catalog.table.delete(keys.action(CALLS[1].id))

    result = busy.run(*EXPLAIN, "--no-carrier")

    assert result.exit_code == 1
    assert "✗ The ledger, added up again, is 1 from the tally." in " ".join(lines(result.stdout))


# Corrections by hand.

CORRECT = (
    "counts",
    "correct",
    "call-3-0",
    "--outcome",
    "spoke",
    "--why",
    "They wrote to us.",
    "--by",
    "Dana R.",
)


def test_a_call_is_corrected_by_one_more_row_and_explained_with_who_and_why(
    twilio: PhoneWorldServer, busy: Shell
) -> None:
    result = busy.run(*CORRECT)
    explained = busy.run(*EXPLAIN)

    assert result.exit_code == 0, result.output
    assert "“Spoke to someone” now, in place of “Wrong number”: row call-3-0~1." in result.stdout
    whole = " ".join(lines(explained.stdout))
    assert "4 of 4 calls got through: 5 rows of the ledger." in whole
    assert "“Spoke to someone” in place of “Wrong number”, by Dana R.: They wrote to us." in whole
    assert "corrected by staff 1" in whole
    assert "Wrong number 0 1 doesn’t count" in whole
    assert explained.exit_code == 0, "Twilio still agrees with what was counted first"
    assert {row.id for row in busy.store.actions()} == {*(row.id for row in CALLS), "call-3-0~1"}
    (entry,) = audit.entries(busy.catalog.table, datetime.now(UTC))
    assert (entry.who, entry.what, entry.subject) == ("Dana R.", "count corrected", "call-3-0~1")
    assert busy.run("counts", "verify").stdout.splitlines()[-1] == "ledger=4 tally=4 difference=0"


def test_a_correction_can_be_corrected_by_either_row_s_id(busy: Shell) -> None:
    busy.run(*CORRECT)

    again = busy.run(*CORRECT)
    back = busy.run(
        "counts", "correct", "call-3-0~1", "--outcome", "wrong_number", "--why", "Not so.", "--by", "Lee"
    )

    assert (again.exit_code, back.exit_code) == (0, 0)
    assert "already. Nothing was changed." in again.stdout
    assert "row call-3-0~2." in back.stdout
    assert busy.store.tally(SLUG, Channel.CALLS).reached == 3


def test_of_two_who_correct_the_same_call_one_is_told(
    busy: Shell, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rival() -> None:
        after = corrected(CALLS[3], Outcome.BUSY, datetime.now(UTC))
        corrections.correct(busy.catalog.table, after, audit.Entry("Lee", corrections.WHAT, after.id, NOON))

    monkeypatch.setenv("AWS_ENDPOINT_URL", loopback)
    monkeypatch.setattr(Door, "rivals", [rival])

    result = busy.run(*CORRECT)

    assert result.exit_code == 1
    assert "Somebody else corrected it a moment ago." in result.stderr
    assert busy.store.tally(SLUG, Channel.CALLS).outcomes == {
        Outcome.SPOKE: 2, Outcome.VOICEMAIL: 1, Outcome.BUSY: 1,
    }  # fmt: skip
    assert list(audit.entries(busy.catalog.table, datetime.now(UTC))) == []


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        ("nothing-0", 2, "The ledger has no row nothing-0."),
        ("L-1-0", 1, "Only calls can be corrected: a letter counts as what happened to it."),
    ],
)
def test_what_can_t_be_corrected_is_said(busy: Shell, row: str, code: int, said: str) -> None:
    write(busy, *letter("L-1", LetterOutcome.DELIVERED))

    result = busy.run("counts", "correct", row, *CORRECT[3:])

    assert (result.exit_code, said in result.output) == (code, True)
