"""How a subscriber moves: each function is a row of `subscriber_machine`'s table.

Stops, and what carriers say, are in `stopping_moves`. Two things go through all of them. Whatever changes the state
adds one row to the ledger, in `changed`. And what arrived late is judged by when it arrived: a stop older than a later
opt-in word stops nothing of it, an opt-in word not younger than the last stop opens nothing; on a tie the stop wins.
"""

from collections import Counter
from dataclasses import replace

from chalicelib.domain.subscriber import (
    CAPS,
    FORM_AGAIN,
    LONGEST_CAP,
    ConsentRow,
    Evidence,
    Moment,
    Replied,
    Reply,
    Source,
    State,
    Subscriber,
    digest_of,
    may_reply,
)
from chalicelib.domain.subscriber_events import (
    Answer,
    CallAsked,
    Confirmed,
    Desk,
    Effect,
    Helped,
    Joined,
    LanguageAsked,
    LetterAsked,
    LiftStop,
    Record,
    Released,
    Ring,
    Said,
    SendLetterLink,
    ShowStaff,
    SignedUp,
    TimePassed,
    ZipTold,
)

Change = tuple[Subscriber, tuple[Effect, ...]]

MOST_ASKS = 2
"""Times we ask somebody pending to confirm: at first, and once more when they say something else."""
ABOUT_JOINING = frozenset({Reply.CONFIRM, Reply.WELCOME, Reply.ALREADY})
"""What an opt-in word is answered. Twilio, where it answers itself, has one text for all three: R1, or R2."""
_NO_QUESTION: dict[str, object] = {"asked_at": None, "asks": 0, "asked_with": None}
NO_CONSENT = _NO_QUESTION | {"consented_to": None}


def moved(subscriber: Subscriber, moment: Moment, **changes: object) -> Subscriber:
    """The subscriber with these changes, changed now."""
    return replace(subscriber, changed_at=moment.now, **changes)  # type: ignore[arg-type]  # replace checks the names


def changed(
    subscriber: Subscriber, state: State, evidence: Evidence, moment: Moment, **changes: object
) -> Change:
    """Into a state, with the row that says why. What consent is given to is the words' version that stays with them."""
    language = subscriber.language or evidence.language
    after = moved(subscriber, moment, state=state, **({"language": language} | changes))
    return after, (Record(_row(subscriber, after, evidence)),)


def _row(before: Subscriber, after: Subscriber, evidence: Evidence) -> ConsentRow:
    is_consent = after.state is State.SUBSCRIBED
    row = ConsentRow(
        id=f"{evidence.id}-{after.programme}",
        subscriber=after.id,
        programme=after.programme,
        was=before.state,
        now=after.state,
        at=evidence.at,
        source=evidence.source,
        sender=evidence.sender,
        shown=after.consented_to if is_consent else after.asked_with or evidence.shown,
        language=after.language or evidence.language,
        text=evidence.text,
    )
    return replace(row, digest=digest_of(row))


def replied(subscriber: Subscriber, reply: Reply, evidence: Evidence, moment: Moment) -> Change:
    """Reply, and remember it. Where the provider has answered, that was it: to an opt-in word always the same."""
    if evidence.was_answered:
        asks_back = Reply.CONFIRM if moment.rules.confirms_texts else Reply.WELCOME
        reply = asks_back if reply in ABOUT_JOINING else reply
    after = moved(subscriber, moment, replied=(*_that_count(subscriber, moment), Replied(reply, moment.now)))
    return after, () if evidence.was_answered else (Answer(reply, subscriber.language or evidence.language),)


def _that_count(subscriber: Subscriber, moment: Moment) -> tuple[Replied, ...]:
    """The replies that may still decide something: of each kind no more than its cap counts, however many went."""
    recent = [each for each in subscriber.replied if moment.now - each.at < LONGEST_CAP]
    of_a_kind = Counter(each.reply for each in recent)
    kept = []
    for each in recent:
        if of_a_kind[each.reply] <= CAPS.get(each.reply, (1, LONGEST_CAP))[0]:
            kept.append(each)
        of_a_kind[each.reply] -= 1
    return tuple(kept)


def replied_within_cap(subscriber: Subscriber, reply: Reply, evidence: Evidence, moment: Moment) -> Change:
    """Reply if the cap allows one more; else silence. What the provider has said is remembered whatever the cap."""
    if not evidence.was_answered and not may_reply(subscriber, reply, moment.now):
        return subscriber, ()
    return replied(subscriber, reply, evidence, moment)


def then_replied(change: Change, reply: Reply, evidence: Evidence, moment: Moment) -> Change:
    """Reply after a change, whatever the cap: the change itself bounds it."""
    subscriber, effects = change
    after, answers = replied(subscriber, reply, evidence, moment)
    return after, (*effects, *answers)


# What came first.


def was_joined_after(subscriber: Subscriber, evidence: Evidence) -> bool:
    """Whether this arrived before the opt-in word by which they are in."""
    is_in = subscriber.state in {State.PENDING, State.SUBSCRIBED, State.HELD}
    return is_in and subscriber.joined_at is not None and evidence.at < subscriber.joined_at


def _was_stopped_since(subscriber: Subscriber, evidence: Evidence) -> bool:
    return subscriber.stopped_at is not None and evidence.at <= subscriber.stopped_at


def _is_old_news(subscriber: Subscriber, evidence: Evidence) -> bool:
    """Whether an opt-in word isn't younger than the last word that counts: a repeat, or a straggler."""
    known = (subscriber.joined_at, subscriber.held_at, subscriber.stopped_at)
    return any(at is not None and evidence.at <= at for at in known)


# Joining.


def joined(subscriber: Subscriber, event: Joined, moment: Moment) -> Change:
    """The handset itself asks to join: we ask back, or welcome at once, as the organization chose.

    Nobody is welcomed at once whose row could not say to what words they consented.
    """
    evidence = event.evidence
    if _is_old_news(subscriber, evidence):
        return subscriber, ()
    if moment.rules.confirms_texts or evidence.shown is None:
        return _asked(subscriber, evidence, moment, joined_at=evidence.at)
    return _subscribed(subscriber, evidence, moment, evidence.shown, Reply.WELCOME)


def joined_after_stop(subscriber: Subscriber, event: Joined, moment: Moment) -> Change:
    """An opt-in word leads out of a stop, for this programme alone."""
    after, effects = joined(subscriber, event, moment)
    if after is subscriber:
        return subscriber, ()
    return after, (LiftStop(after.programme), *effects)


def joined_again_from_invalid(subscriber: Subscriber, event: Joined, moment: Moment) -> Change:
    """The number lives, whoever has it now: old consent is void, so it must be confirmed."""
    if _is_old_news(subscriber, event.evidence):
        return subscriber, ()
    return _asked(subscriber, event.evidence, moment, joined_at=event.evidence.at, failures=())


def signed_up(subscriber: Subscriber, event: SignedUp, moment: Moment) -> Change:
    """A form: the handset is asked, and at most once a day, for anybody can type in anybody's number."""
    was_asked = any(
        each.reply is Reply.CONFIRM and moment.now - each.at < FORM_AGAIN for each in subscriber.replied
    )
    return (subscriber, ()) if was_asked else _asked(subscriber, event.evidence, moment)


def confirmed(subscriber: Subscriber, event: Confirmed | Joined, moment: Moment) -> Change:
    """The handset says yes to our question: consent, to the words we asked with.

    The word that made us ask is no answer to the question, should it be heard twice.
    """
    is_over = _was_stopped_since(subscriber, event.evidence)
    if is_over or (isinstance(event, Joined) and _is_old_news(subscriber, event.evidence)):
        return subscriber, ()
    return _subscribed(subscriber, event.evidence, moment, subscriber.asked_with, Reply.WELCOME)


def joined_already(subscriber: Subscriber, event: Joined, moment: Moment) -> Change:
    """Say so, once an hour. A second row only where they were shown other words than they consented to."""
    evidence = event.evidence
    if _is_old_news(subscriber, evidence):
        return subscriber, ()
    if evidence.shown in {None, subscriber.consented_to}:
        heard: Change = _heard(subscriber, moment, joined_at=evidence.at), ()
    else:
        consent: dict[str, object] = {"consented_to": evidence.shown, "joined_at": evidence.at}
        heard = changed(subscriber, State.SUBSCRIBED, evidence, moment, **consent)
    after, answers = replied_within_cap(heard[0], Reply.ALREADY, evidence, moment)
    return after, (*heard[1], *answers)


def confirmed_already(subscriber: Subscriber, event: Confirmed, moment: Moment) -> Change:
    """Yes, from somebody who is in. Where Twilio asked them, in its answer to START, they hear that they are."""
    about_joining = [each.reply for each in subscriber.replied if each.reply in ABOUT_JOINING]
    if about_joining[-1:] == [Reply.CONFIRM]:
        return replied_within_cap(subscriber, Reply.ALREADY, event.evidence, moment)
    return thanked(subscriber, event, moment)


def joined_from_held(subscriber: Subscriber, event: Joined, moment: Moment) -> Change:
    """It was no stop, says the only one who can: back to broadcasts."""
    if _is_old_news(subscriber, event.evidence):
        return subscriber, ()
    shown = event.evidence.shown or subscriber.consented_to
    return _subscribed(subscriber, event.evidence, moment, shown, Reply.ALREADY)


def released(subscriber: Subscriber, event: Released, moment: Moment) -> Change:
    """It was no stop, says a person on our side. Nothing is sent for it."""
    return changed(subscriber, State.SUBSCRIBED, event.evidence, moment)


def _asked(subscriber: Subscriber, evidence: Evidence, moment: Moment, **changes: object) -> Change:
    """Ask to confirm; with a new question the old one's time is over."""
    question = {"asked_at": moment.now, "asks": 1, "asked_with": moment.words, "consented_to": None}
    change = changed(subscriber, State.PENDING, evidence, moment, **(question | changes))
    return then_replied(change, Reply.CONFIRM, evidence, moment)


def _subscribed(
    subscriber: Subscriber, evidence: Evidence, moment: Moment, shown: str | None, reply: Reply
) -> Change:
    consent = _NO_QUESTION | {"consented_to": shown, "joined_at": evidence.at, "failures": ()}
    change = changed(subscriber, State.SUBSCRIBED, evidence, moment, **consent)
    return then_replied(change, reply, evidence, moment)


def _heard(subscriber: Subscriber, moment: Moment, **changes: object) -> Subscriber:
    """The very same subscriber where these are no changes."""
    is_new = any(getattr(subscriber, name) != value for name, value in changes.items())
    return moved(subscriber, moment, **changes) if is_new else subscriber


# Time.


def asked_long_ago(subscriber: Subscriber, _event: TimePassed, moment: Moment) -> Change:
    """Nobody said yes: forgotten, without another text."""
    if subscriber.asked_at is None or moment.now < subscriber.asked_at + moment.rules.confirm_within:
        return subscriber, ()
    over_at = subscriber.asked_at + moment.rules.confirm_within
    nobody = Evidence(id=f"{subscriber.id}-{over_at:%Y%m%dT%H%M%S}", at=over_at, source=Source.TIME)
    return changed(subscriber, State.UNKNOWN, nobody, moment, **NO_CONSENT)


# Everything else that is said.


def helped(subscriber: Subscriber, event: Helped, moment: Moment) -> Change:
    """Help is for anyone, and changes nothing."""
    return replied_within_cap(subscriber, Reply.HELP, event.evidence, moment)


def alive(subscriber: Subscriber, event: Said, moment: Moment) -> Change:
    """A text from a number taken for dead: it lives, and old consent is void."""
    return changed(subscriber, State.UNKNOWN, event.evidence, moment, failures=())


def helped_from_invalid(subscriber: Subscriber, event: Helped, moment: Moment) -> Change:
    """The number lives, and is answered like anyone's."""
    after, rows = alive(subscriber, event, moment)
    after, answers = replied_within_cap(after, Reply.HELP, event.evidence, moment)
    return after, (*rows, *answers)


def not_joined(subscriber: Subscriber, event: Said, moment: Moment) -> Change:
    """A stranger: how to join, once a day."""
    after, answers = replied_within_cap(subscriber, Reply.NOT_JOINED, event.evidence, moment)
    return after, (*answers, ShowStaff(event.evidence.id, Desk.INBOX))


def asked_once_more(subscriber: Subscriber, event: Said, moment: Moment) -> Change:
    """Not an answer to our question: it is asked once more, then never again."""
    shown = ShowStaff(event.evidence.id, Desk.INBOX)
    if subscriber.asks >= MOST_ASKS:
        return subscriber, (shown,)
    after = moved(subscriber, moment, asks=subscriber.asks + 1)
    after, answers = replied(after, Reply.CONFIRM, event.evidence, moment)
    return after, (*answers, shown)


def held(subscriber: Subscriber, event: Said, moment: Moment) -> Change:
    """It may have been a stop: no broadcasts until they say, and one question."""
    shown = ShowStaff(event.evidence.id, Desk.REVIEW)
    if was_joined_after(subscriber, event.evidence):
        return subscriber, (shown,)
    after, rows = changed(subscriber, State.HELD, event.evidence, moment, held_at=event.evidence.at)
    after, answers = replied_within_cap(after, Reply.UNCLEAR, event.evidence, moment)
    return after, (*rows, *answers, shown)


def thanked(subscriber: Subscriber, event: Said, moment: Moment) -> Change:
    """A subscriber says something: a person reads it; the organization's own text, if there is one, once a day."""
    shown = ShowStaff(event.evidence.id, Desk.INBOX)
    if not moment.rules.thanks:
        return subscriber, (shown,)
    after, answers = replied_within_cap(subscriber, Reply.THANKS, event.evidence, moment)
    return after, (*answers, shown)


def shown_for_review(subscriber: Subscriber, event: Said, _moment: Moment) -> Change:
    """Held, and not answered: a person must decide."""
    return subscriber, (ShowStaff(event.evidence.id, Desk.REVIEW),)


def shown(subscriber: Subscriber, event: Said, _moment: Moment) -> Change:
    """Not answered: a person reads it."""
    return subscriber, (ShowStaff(event.evidence.id, Desk.INBOX),)


def call_asked(subscriber: Subscriber, event: CallAsked, moment: Moment) -> Change:
    """Their phone rings, or they get the link: so often that no robot that answers us has us answer for ever."""
    after, answers = replied_within_cap(subscriber, Reply.CALL, event.evidence, moment)
    return after, tuple(Ring(answer.language) for answer in answers if isinstance(answer, Answer))


def letter_asked(subscriber: Subscriber, event: LetterAsked, moment: Moment) -> Change:
    """They get the link, as often as that."""
    after, answers = replied_within_cap(subscriber, Reply.LETTER, event.evidence, moment)
    return after, tuple(SendLetterLink(answer.language) for answer in answers if isinstance(answer, Answer))


def zip_told(subscriber: Subscriber, event: ZipTold, moment: Moment) -> Change:
    """Where they live decides when nothing is sent."""
    return _heard(subscriber, moment, zip=event.zip), ()


def language_asked(subscriber: Subscriber, event: LanguageAsked, moment: Moment) -> Change:
    """From now on in this language. Who is held hears nothing of it."""
    return _heard(subscriber, moment, language=event.language), ()


def language_told(subscriber: Subscriber, event: LanguageAsked, moment: Moment) -> Change:
    """From now on in this language, and they see that it worked."""
    after, _ = language_asked(subscriber, event, moment)
    return replied_within_cap(after, Reply.LANGUAGE, event.evidence, moment)


def asked_in_language(subscriber: Subscriber, event: LanguageAsked, moment: Moment) -> Change:
    """The question once more, in the language they can read: consent will be to these words."""
    after, _ = language_asked(subscriber, event, moment)
    if subscriber.asks >= MOST_ASKS:
        return after, ()
    after = moved(after, moment, asks=subscriber.asks + 1, asked_with=moment.words)
    return replied(after, Reply.CONFIRM, event.evidence, moment)
