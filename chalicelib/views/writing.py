"""A letter from the first word to the press that confirms it: what the pages and the API do alike.

Promises: one letter for a person, a campaign and an office, ever; nothing leaves before its writer has pressed the
button behind a link that only their mailbox has; whoever types somebody's address learns nothing of letters of theirs.
Answers with a value or raises a Refusal.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.adapters.letters import Changed
from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.addresses import Address
from chalicelib.domain.areas import Reason, office_of_zip
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import LetterAnswer
from chalicelib.domain.letter import Content, Letter, State, begun_again, group_id, letter_id
from chalicelib.domain.letter_events import Answered, Confirmed, LinkAsked, TakenBack
from chalicelib.domain.letter_moves import MOST_LINKS
from chalicelib.domain.limits import address_range, day_after, day_of
from chalicelib.domain.mail_facts import Recipient
from chalicelib.domain.office import Office, writable
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.tokens import Expired, NotOurs, Purpose, subject_of, token
from chalicelib.domain.writing import Draft, content, is_suspicious
from chalicelib.observability import count
from chalicelib.runtime import runtime
from chalicelib.views import hourly, tap, urls
from chalicelib.views.again import tried
from chalicelib.views.letter_committing import address_key, commit, decided, turned
from chalicelib.views.offices_asked import refuse_misread

SAME_TAP = timedelta(minutes=5)
"""A letter that is begun again within this long is the same tap: no second mail for it."""
BOUND = frozenset({Purpose.CONFIRM, Purpose.FOLLOW})
"""Links that are good for one letter with these words only: it may have got others from whoever knows the address."""
UNCONFIRMED = frozenset({State.DRAFTED, State.AWAITING_CONFIRM})


@dataclass(frozen=True, slots=True)
class Addressees:
    """Where a letter goes: `offices` by mail, `by_post` are those that no checked mailbox is known of.

    `local` is the office of the writer's own area. `is_unclear`: the ZIP code leaves it to them which that is.
    """

    offices: tuple[Office, ...]
    by_post: tuple[Office, ...] = ()
    local: str | None = None
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses for a letter's writer, each for one purpose."""

    confirm: str
    follow: str
    answer: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link is for and about; `letters` are in the order in which they were begun, none for UNSUBSCRIBE."""

    purpose: Purpose
    token: str
    subject: str
    letters: tuple[Letter, ...] = ()
    campaign: Campaign | None = None


# Where it goes.


def addressees(campaign: Campaign, zip_code: str, office: str) -> Addressees:
    """Return the offices a letter goes to: the campaign's addressees, and the office of the writer's area.

    Raises:
        Refusal: ZIP_MALFORMED, OFFICE_UNKNOWN.
    """
    refuse_misread(campaign, zip_code, office)
    local, is_unclear = _local(campaign, zip_code, office)
    wanted = dict.fromkeys([*campaign.letter.offices, *([local] if local else [])])
    if not wanted and not is_unclear:
        wanted = dict.fromkeys(office.id for office in campaign.offices[:1])
    found = [each for each in map(campaign.office, wanted) if each]
    today = runtime().now().date()
    return Addressees(
        offices=tuple(each for each in found if writable(each, today)),
        by_post=tuple(each for each in found if not writable(each, today)),
        local=local,
        is_unclear=is_unclear,
    )


def _local(campaign: Campaign, zip_code: str, office: str) -> tuple[str | None, bool]:
    """The office of the writer's area, or the one they picked; and whether they have to pick."""
    if office:
        return office, False
    if not campaign.letter.is_local or not zip_code.strip():
        return None, False
    match = office_of_zip(zip_code, runtime().areas(), place_of)
    known = [each for each in match.offices if campaign.office(each)]
    if match.reason is not Reason.AREA or not known:
        return None, True
    return known[0], False


# Beginning.


def begin(slug: str, draft: Draft, source: str) -> str:
    """Begin a letter, or find the one there is, and have its link mailed; return the token of the page that says so.

    The answer is the same whether there was a letter before or not: only the mailbox learns that.

    Raises:
        Refusal: what is wrong with the draft, OFFICE_UNCLEAR, NO_MAILBOX, LETTER_NOT_SENT, TOO_MANY_LETTERS,
            CAMPAIGN_PAUSED, CAMPAIGN_ENDED, NOT_FOUND.
        GaveUp: five lost races in a row.
    """
    campaign = tap.live(tap.campaign(slug))
    written = content(draft, campaign.letter.subject.of(draft.language))
    offices = _reachable(campaign, draft)
    _refuse_stopped(written.address)
    _spend(written.address, source)
    fresh = _drafts(campaign, offices, written, draft)
    group = fresh[0].group
    tried(lambda: _begun(fresh))
    return _token(Purpose.SENT, group, runtime().now())


def _reachable(campaign: Campaign, draft: Draft) -> tuple[Office, ...]:
    found = addressees(campaign, draft.zip, draft.office)
    if found.is_unclear:
        raise Refusal(Code.OFFICE_UNCLEAR, "office")
    if not found.offices or not runtime().config.has_mail:
        raise Refusal(Code.NO_MAILBOX)
    return found.offices


def _refuse_stopped(writer: Address) -> None:
    """Write to nobody who asked for no more mail, or whose mailbox there isn't."""
    if runtime().letters.suppressed([address_key(writer)]):
        raise Refusal(Code.LETTER_NOT_SENT, "email")


def _spend(writer: Address, source: str) -> None:
    """Count a letter against the place it came from and the mailbox it fills: a form is no way to flood somebody."""
    r = runtime()
    now = r.now()
    if full := hourly.full_until(f"letters from {address_range(source)}", r.config.letters_per_source, now):
        raise Refusal(Code.TOO_MANY_LETTERS, try_again=full)
    scope, end = f"letters#{address_key(writer)}", day_after(now)
    if not r.store.spend(scope, day_of(now), r.config.letters_per_address, end + timedelta(hours=1)):
        raise Refusal(Code.TOO_MANY_LETTERS, "email", try_again=end)


def _drafts(campaign: Campaign, offices: Sequence[Office], written: Content, draft: Draft) -> list[Letter]:
    """A letter for each office. The group is these letters with these words: other words need another link."""
    r = runtime()
    key, now = r.secrets.current().derived("letters"), r.now()
    ids = {office.id: letter_id(campaign.slug, office.id, written.address, key) for office in offices}
    group = group_id([*ids.values(), f"{written.name}\0{written.subject}\0{written.body}"])
    today = now.date()
    return [
        Letter(
            id=ids[office.id], group=group, campaign=campaign.slug, office=office.id, language=draft.language,
            content=written, created_at=now, changed_at=now,
            recipients=tuple(Recipient(mailbox.address) for mailbox in writable(office, today)),
        )
        for office in offices
    ]  # fmt: skip


def _begun(fresh: Sequence[Letter]) -> None:
    r = runtime()
    known = {letter.id: letter for letter in r.letters.letters([each.id for each in fresh], r.now())}
    changed = [_begin(known.get(each.id), each, r.now()) for each in fresh]
    commit(changed, [r.letters.grouping(fresh[0].group, [each.id for each in fresh])])
    count("LettersBegun", sum(each.before.version == 0 for each in changed))


def _begin(known: Letter | None, fresh: Letter, now: datetime) -> Changed:
    """A new letter, one in the place of a letter that was never confirmed, or the one there is."""
    if known is None:
        return decided(fresh, LinkAsked())
    if known.may_begin_again or (known.state in UNCONFIRMED and known.group != fresh.group):
        asked = decided(begun_again(known, fresh), LinkAsked())
        return replace(asked, before=known)
    is_same_tap = known.state in UNCONFIRMED and now - known.changed_at < SAME_TAP
    return Changed(known, known) if is_same_tap else decided(known, LinkAsked())


# Links.


def links(letter: Letter, now: datetime) -> Links:
    """Return the addresses that a mail to this letter's writer may hold."""
    writer = address_key(letter.content.address) if letter.content else letter.id
    return Links(
        confirm=_page(_token(Purpose.CONFIRM, letter.group, letter.asked_at or now)),
        follow=_page(_token(Purpose.FOLLOW, letter.group, now)),
        answer=_page(_token(Purpose.ANSWER, letter.id, now)),
        unsubscribe=_page(_token(Purpose.UNSUBSCRIBE, writer, now)),
    )


def following(opened: Opened) -> str:
    """Return the token of the page that tells what became of an opened group's letters."""
    return _token(Purpose.FOLLOW, opened.subject, runtime().now())


def opened(text: str) -> Opened:
    """Return what a link is for and what it is about.

    Raises:
        Refusal: LETTER_GONE: it isn't ours, its time is over, or nothing is left of what it was about.
    """
    purpose, subject = _read(text)
    if purpose is Purpose.UNSUBSCRIBE:
        return Opened(purpose, text, subject)
    r = runtime()
    is_single = purpose is Purpose.ANSWER
    known = r.letters.letters([subject], r.now()) if is_single else r.letters.group(subject, r.now())
    letters = tuple(each for each in known if _is_bound(each, purpose, subject))
    if not letters:
        raise Refusal(Code.LETTER_GONE)
    return Opened(purpose, text, subject, letters, r.campaign(letters[0].campaign))


def _is_bound(letter: Letter, purpose: Purpose, subject: str) -> bool:
    """Whether a link is about this letter with the words it has now.

    The page that says "Open your email" shows nothing of a letter, so it is about any, and looks alike for all.
    """
    return purpose not in BOUND or letter.group == subject


def resend(about: Opened) -> None:
    """Mail the link again, a few times at most.

    Raises:
        Refusal: TOO_MANY_LETTERS.
    """
    if all(letter.links >= MOST_LINKS for letter in about.letters):
        raise Refusal(Code.TOO_MANY_LETTERS, "email")
    _tell(about, lambda _letter: LinkAsked())


def confirm(about: Opened) -> None:
    """The writer pressed "Yes, send it": all letters of the group are confirmed. A repeat changes nothing."""
    _tell(about, _confirmed)


def take_back(about: Opened) -> None:
    """The writer wants it deleted, or back: what has not left does not."""
    _tell(about, lambda _letter: TakenBack())


def answer(about: Opened, given: LetterAnswer | None) -> None:
    """The writer says whether the office answered; None: "Don't ask again"."""
    _tell(about, lambda _letter: Answered(given))


def unsubscribe(about: Opened) -> None:
    """Write no more to this mailbox. Letters that were confirmed go their way."""
    r = runtime()
    r.letters.suppress(about.subject, None, "asked for no more mail", r.now())


def _confirmed(letter: Letter) -> Confirmed:
    return Confirmed(is_suspicious=letter.content is not None and is_suspicious(letter.content))


def _tell(about: Opened, reading: Callable[[Letter], LinkAsked | Confirmed | TakenBack | Answered]) -> None:
    """Tell the letters; not one that has other words by now."""

    def bound(letter: Letter) -> LinkAsked | Confirmed | TakenBack | Answered | None:
        return reading(letter) if _is_bound(letter, about.purpose, about.subject) else None

    turned([letter.id for letter in about.letters], bound)


def _read(text: str) -> tuple[Purpose, str]:
    keys, now = _keys(), runtime().now()
    for purpose in Purpose:
        with suppress(NotOurs):
            try:
                return purpose, subject_of(text, purpose, now, keys)
            except Expired as error:
                raise Refusal(Code.LETTER_GONE) from error
    raise Refusal(Code.LETTER_GONE)


def _token(purpose: Purpose, subject: str, now: datetime) -> str:
    return token(purpose, subject, now, next(iter(_keys())))


def _keys() -> Iterable[bytes]:
    return [runtime().secrets.current().derived("letter links")]


def _page(text: str) -> str:
    return urls.public(f"/letters/{text}")
