"""Every state a letter's page can show, as the letter that shows it, and the links that lead there."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.adapters.letters import Changed
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.letter import Letter, Reason, State
from chalicelib.domain.mail_facts import Fact, Recipient, Status
from chalicelib.domain.office import Mailbox, Office
from chalicelib.domain.tokens import Purpose, token
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from chalicelib.views.letter_committing import address_key
from tests.domain.letter_space import OFFICE, known, letter
from tests.values import NOW, campaign

GROUP = "a-group-of-letters-0001"
DELIVERED_THEN_BOUNCED = Recipient(
    OFFICE,
    (Fact(Status.DELIVERED, NOW, "m-1"), Fact(Status.BOUNCED_HARD, NOW + timedelta(minutes=23), "m-1")),
)


def _letter(state: State, **changes: object) -> Letter:
    return letter(state, **({"group": GROUP, "language": Language.EN} | changes))


LETTERS: dict[str, Letter] = {
    "waiting": _letter(State.AWAITING_CONFIRM),
    "expired": _letter(State.EXPIRED),
    "deleted": _letter(State.CANCELLED, confirmed_at=None, content=None, reason=Reason.WITHDRAWN),
    "taken back": _letter(State.CANCELLED, reason=Reason.WITHDRAWN),
    "unwanted": _letter(State.SEND_UNKNOWN, is_unwanted=True),
    "held": _letter(State.HELD, reason=Reason.SUSPICIOUS),
    "confirmed": _letter(State.CONFIRMED),
    "in line": _letter(State.QUEUED, not_before=NOW + timedelta(hours=23)),
    "next in line": _letter(State.QUEUED, not_before=NOW),
    "leaving": _letter(State.LEASED),
    "checking": _letter(State.SEND_UNKNOWN),
    "accepted": _letter(State.SUBMITTED, sent_at=NOW),
    "delayed": _letter(State.SUBMITTED, sent_at=NOW, recipients=(known(OFFICE, Status.DELAYED),)),
    "delivered": _letter(State.DELIVERED, sent_at=NOW - timedelta(minutes=1)),
    "came back": _letter(State.BOUNCED_HARD, sent_at=NOW),
    "came back later": _letter(State.BOUNCED_HARD, sent_at=NOW, recipients=(DELIVERED_THEN_BOUNCED,)),
    "turned away": _letter(State.COMPLAINED, sent_at=NOW),
    "no more": _letter(State.SUPPRESSED, recipients=(Recipient(OFFICE),), reason=Reason.OFFICE_SUPPRESSED),
    "stopped": _letter(State.SUPPRESSED, recipients=(Recipient(OFFICE),), reason=Reason.WRITER_SUPPRESSED),
    "refused": _letter(State.REJECTED, recipients=(Recipient(OFFICE),), reason=Reason.REFUSED),
    "denied": _letter(State.FAILED, reason=Reason.DENIED),
    "too late": _letter(State.CANCELLED, reason=Reason.CAMPAIGN_ENDED),
    "waited": _letter(State.CANCELLED, reason=Reason.OFFICE_PAUSED),
    "duplicate": _letter(State.DUPLICATE),
    "resting": _letter(State.TARGET_PAUSED),
    "forgotten": _letter(State.ERASED),
}
"""Name of the state → the letter; a paused campaign is the one state that is none of the letter's."""


def with_mailboxes(asked: Campaign, *reached: str) -> Campaign:
    """The campaign with a checked mailbox at these offices, and none at the others."""

    def opened(office: Office) -> Office:
        box = Mailbox(
            f"{office.id}@offices.example", NOW.date(), "a person", "https://offices.example/contact"
        )
        return replace(office, mailboxes=(box,) if office.id in reached else ())

    return replace(asked, offices=tuple(map(opened, asked.offices)))


def written_to() -> Campaign:
    """The tests' campaign, whose Atlanta office takes letters by email and whose Washington office has a form."""
    offices = with_mailboxes(campaign(), "ero-atl", "ero-nyc").offices
    formed = tuple(
        replace(office, web_form="https://offices.example/form") if office.id == "ero-was" else office
        for office in offices
    )
    return campaign(offices=formed)


def seed(runtime: Runtime, *letters: Letter) -> None:
    """Put a group of letters into the table as they are here; of a letter that is there, in its place."""
    group = letters[0].group
    there = {each.id: each for each in runtime.letters.letters([each.id for each in letters], runtime.now())}
    changed = [
        Changed(there.get(each.id, replace(each, version=0)), replace(each, version=_version(there, each)))
        for each in letters
    ]
    runtime.letters.commit(changed, [runtime.letters.grouping(group, [each.id for each in letters])])


def _version(there: dict[str, Letter], letter: Letter) -> int:
    return there[letter.id].version if letter.id in there else 0


def link(runtime: Runtime, purpose: Purpose, about: Letter) -> str:
    """The path of a link about a letter, as a mail of ours holds it."""
    subject = about.group
    if purpose is Purpose.ANSWER:
        subject = about.id
    if purpose is Purpose.UNSUBSCRIBE:
        assert about.content
        subject = address_key(about.content.address)
    key = runtime.secrets.current().derived("letter links")
    return f"/letters/{token(purpose, subject, runtime.now(), key)}"


def two(state: str = "waiting", other: str | None = None) -> tuple[Letter, Letter]:
    """A group of two letters, to Atlanta and to New York."""
    second = replace(LETTERS[other or state], id="Bq3vQ0Tn9yXrmC1o2bqk5LwYz-_01234", office="ero-nyc")
    return LETTERS[state], second
