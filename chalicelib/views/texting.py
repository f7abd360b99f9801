"""What a number says to a programme of texts, by whatever way: read where it stands, decide, write once.

The one road by which a subscriber changes. Promises: whatever is said is taken once, and a repeat finds what was to be
done about it; a stop is written before anything is answered; words that were shown are kept before the consent to them.
Knows no webhook and sends nothing: whoever asked carries the reaction out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.adapters.store import Repeated
from chalicelib.adapters.subscribers import Reaction, Said, Standing
from chalicelib.domain.addressed import addressed
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.heard_texts import event_of
from chalicelib.domain.inbound_texts import Classified, Kind, by_word, classify
from chalicelib.domain.phones import is_of, phone_key
from chalicelib.domain.programme import programme, rules
from chalicelib.domain.replies import disclosed, reply_text
from chalicelib.domain.stopping_moves import CONFIRM_STOP_WITHIN
from chalicelib.domain.subscriber import Evidence, Moment, Reply, State
from chalicelib.domain.subscriber_events import Answer, Drifted, Event, LanguageAsked, TimePassed
from chalicelib.domain.subscriber_machine import advance_everywhere
from chalicelib.domain.subscriber_moves import Change
from chalicelib.domain.words import Language
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import hourly
from chalicelib.views.again import tried

LONGEST_TEXT = 1600
"""Characters of a text that are kept; Twilio hands on no more."""
OVERS_AN_HOUR = 3
"""Times an hour that a number is told of a campaign's end: so often as of help, that no robot is answered for ever."""
JOINING = frozenset({Kind.JOIN, Kind.KEYWORD})
IN = frozenset({State.PENDING, State.SUBSCRIBED, State.HELD})
LIVELIEST = (Status.LIVE, Status.PAUSED, Status.ENDED)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that came in: its MessageSid, from whom (E.164), to which number of ours, and Twilio's OptOutType."""

    sid: str
    number: str = field(repr=False)
    to: str
    body: str = field(repr=False)
    opt_out_type: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a text: its campaign, and what is to be done. `is_over`: say that it has ended; they ask in."""

    campaign: Campaign
    reaction: Reaction
    language: Language
    is_over: bool = False


def heard(text: Text) -> Heard | None:
    """Take a text, once, and return what is to be done.

    None: nothing, for no programme of ours has this number, or they text from abroad.

    Raises:
        GaveUp: five lost races in a row.
    """
    found = programmes_of(text.to)
    if not found:
        log("text to a number without a programme")
        return None
    # Once, however many races are lost: what was said before a stop must not come after it.
    at = runtime().now()
    return tried(lambda: _heard(text, found, at))


def happened(
    campaign: Campaign, phone: str, said: Said, event: Callable[[Language | None], Event], beside: str = ""
) -> Reaction:
    """Tell one programme, and all others where it matters, what happened to a number that is known by `phone`, its key.

    `event` is made with the language they are spoken to in, None where none is known. `beside` are words that they had
    before them: those beside the form's box.

    Raises:
        Stale: a lost race; ask again, with `tried`.
    """
    standing = runtime().subscribers.standing(phone)
    known = standing.with_programme(campaign.slug).language
    told = event(known)
    evidence = None if isinstance(told, TimePassed) else told.evidence
    language = known or (evidence.language if evidence else Language.EN)
    return _taken(campaign, standing, said, told, _words(campaign, language, beside))


def programmes_of(number: str) -> tuple[Campaign, ...]:
    """Return the campaigns with texts that a number of ours serves, live ones first; where none claims it, all."""
    r = runtime()
    rows = [row for row in r.listings() if row.keywords and row.status is not Status.DRAFT]
    mine = [row for row in rows if number in row.numbers] or [row for row in rows if not row.numbers] or rows
    ranked = sorted(mine, key=lambda row: LIVELIEST.index(row.status))
    campaigns = (r.campaign(row.slug) for row in ranked)
    return tuple(each for each in campaigns if each is not None and each.texts is not None)


def key_of(number: str) -> str:
    """Return the keyed hash under which a number (E.164) stands."""
    return phone_key(number, runtime().secrets.current().phone_key)


# Strictly private.


def _heard(text: Text, found: Sequence[Campaign], at: datetime) -> Heard | None:
    r = runtime()
    by_slug = {each.slug: each for each in found}
    keywords = by_word(word for each in found if each.texts for word in each.texts.keywords)
    read = classify(text.body, keywords, text.opt_out_type)
    standing = r.subscribers.standing(key_of(text.number))
    if read.kind is not Kind.STOP and _is_foreign(text.number, standing):
        count("TextsOdd")
        return None
    campaign = by_slug[addressed(read, _asked_into(read, found), standing.profiles)]
    known = standing.with_programme(campaign.slug).language
    language = known or read.language or Language.EN
    if read.kind in JOINING and campaign.status is Status.ENDED:
        is_told = not read.is_answered and not hourly.full_until(
            f"over {standing.phone_key}", OVERS_AN_HOUR, at
        )
        return Heard(campaign, Reaction(campaign.slug), language, is_over=is_told)
    said = Said(text.sid, at, text.number, text.body[:LONGEST_TEXT])
    event = event_of(read, _evidence(text, language, campaign, read, at), known)
    asked_for = event.language if isinstance(event, LanguageAsked) else language
    reaction = _taken(campaign, standing, said, event, _words(campaign, asked_for))
    # A repeat is answered by the programme that took the text, though they may be nearer to another one by now.
    return Heard(by_slug.get(reaction.programme, campaign), reaction, language)


def _is_foreign(number: str, standing: Standing) -> bool:
    """Whether a number is abroad and with no programme: a stop is kept; any answer would be somebody's business."""
    is_in = any(each.state in IN for each in standing.profiles.values())
    return not is_in and not is_of(number, runtime().config.regions)


def _asked_into(read: Classified, found: Sequence[Campaign]) -> list[str]:
    """The programmes a text may be for. Who names none asks into no campaign that has ended, while another runs."""
    running = [each.slug for each in found if each.status is not Status.ENDED]
    return running if running and read.kind is Kind.JOIN else [each.slug for each in found]


def _evidence(text: Text, language: Language, campaign: Campaign, read: Classified, at: datetime) -> Evidence:
    """What was said, as the ledger keeps it. Who joins by text has seen the words beside the keyword on our page."""
    shown = runtime().shown_as(disclosure(campaign, language)) if read.kind in JOINING else None
    body = text.body[:LONGEST_TEXT]
    return Evidence(id=text.sid, at=at, sender=text.to, text=body, shown=shown, language=language)


def _taken(campaign: Campaign, standing: Standing, said: Said, event: Event, words: str) -> Reaction:
    r = runtime()
    texts = campaign.texts
    if texts is None:
        raise LookupError("a campaign without texts")
    moment = Moment(said.now, words, rules(texts))
    others = [each for name, each in sorted(standing.profiles.items()) if name != campaign.slug]
    changes = advance_everywhere(standing.with_programme(campaign.slug), others, event, moment)
    try:
        reaction = r.subscribers.take(said, standing, changes)
    except Repeated:
        count("TextsRepeated")
        return _again(campaign, standing, said)
    _counted(standing, changes)
    return reaction


def _again(campaign: Campaign, standing: Standing, said: Said) -> Reaction:
    """What was to be done about something we have taken already, as far as it may be done now.

    Whoever repeats it did not get our answer, or got it; either way it is the same. But a stop that came between is
    answered by nothing that was meant before it, joining again makes "you are unsubscribed" wrong, and after a few
    minutes nobody waits for an answer: the one to a stop would even be against the rules (CONFIRM_STOP_WITHIN).
    """
    nothing = Reaction(campaign.slug)
    earlier = runtime().subscribers.reaction(said.sid)
    if earlier is None or earlier.at is None or said.now - earlier.at > CONFIRM_STOP_WITHIN:
        return nothing
    is_stopped = standing.with_programme(earlier.programme).state is State.STOPPED
    is_of_stop = isinstance(earlier.what, Answer) and earlier.what.reply is Reply.STOPPED
    is_help = isinstance(earlier.what, Answer) and earlier.what.reply is Reply.HELP
    return earlier if is_help or is_stopped is is_of_stop else nothing


COUNTED = {State.SUBSCRIBED: "TextsJoined", State.STOPPED: "TextsStopped", State.HELD: "TextsHeld"}


def _counted(standing: Standing, changes: Sequence[Change]) -> None:
    after, effects = changes[0]
    before = standing.with_programme(after.programme).state
    if after.state is not before and after.state in COUNTED:
        count(COUNTED[after.state])
    if any(isinstance(effect, Drifted) for effect in effects):
        count("SubscribersDrifted")


def _words(campaign: Campaign, language: Language, beside: str = "") -> str:
    """Keep the words with which we ask to confirm, after those `beside` the form; return their version."""
    told = programme(campaign)
    question = reply_text(Reply.CONFIRM, told, language) if told else ""
    return runtime().shown_as("\n\n".join(filter(None, (beside, question))))


def disclosure(campaign: Campaign, language: Language) -> str:
    """Return the words beside the keyword and the box: what consent is to."""
    told = programme(campaign)
    return disclosed(told, language) if told else ""
