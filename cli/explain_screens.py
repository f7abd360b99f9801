"""How one number is explained in a terminal: the sum, its parts as bars, what was corrected, what was compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.audit import Entry
from chalicelib.domain.counts import ARRIVED, Action, Basis, Channel, Tally
from chalicelib.domain.explaining import Act, Correction, Explanation
from chalicelib.domain.explaining_carriers import Apart, Compared, Difference
from cli.counts_screens import WORDS

BAR = 24
"""Columns of the longest bar: all of a table fits 80."""
THINGS = {
    Channel.CALLS: ("call", "calls", "got through"),
    Channel.LETTERS: ("letter", "letters", "delivered"),
    Channel.ANSWERS: ("answer", "answers", "by a person"),
}
"""One act, many, and what the ones that count have done."""
BASES = {
    Basis.KEY: "supporters’ own word",
    Basis.FACTS: "facts of the carrier alone",
    Basis.STAFF: "corrected by staff",
}
MOST_SHOWN = 40
"""Sentences of one kind; the rest are in --json."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that one explanation has to say.

    `on` is the day in words, `apart` how far the whole ledger of this channel is from its tally, `carrier` the
    comparison with Twilio or SES, None where it was not made, for the reason that `unasked` gives.
    """

    slug: str
    on: str
    zone: ZoneInfo
    found: Explanation
    tally: Tally
    apart: int
    carrier: Compared | None
    unasked: str
    entries: Mapping[str, Entry]
    places: Mapping[str, str]

    @property
    def differences(self) -> int:
        """How many things are not as they must be."""
        return self.apart + len(self.found.broken) + len(self.carrier.differences if self.carrier else ())


def explanation_screen(told: Told, *, with_rows: bool) -> RenderableType:
    """Show everything, the number first."""
    found = told.found
    parts: list[RenderableType] = [Text.assemble((told.slug, "bold"), "  ", told.on)]
    parts.append(Padding(Text(_sentence(found)), (1, 0, 1, 2)))
    if found.acts:
        parts += [Padding(each, (0, 0, 1, 2)) for each in (_outcomes(found), _times(told), _offices(told))]
    if with_rows:
        parts.append(Padding(_rows(told), (0, 0, 1, 2)))
    if found.corrections:
        parts.append(Padding(_listed("What was corrected", _corrections(told)), (0, 0, 1, 2)))
    parts.append(Padding(_listed("What was checked", _checks(told)), (0, 0, 1, 2)))
    return Group(*parts)


def last_line(told: Told) -> str:
    """The line a run is known by."""
    found = told.found
    sums = f"acts={found.standing.tally} reached={found.standing.reached} rows={found.rows}"
    return f"{sums} corrections={len(found.corrections)} differences={told.differences}"


def difference_sentence(told: Told, each: Difference) -> str:
    """Say of one act what differs."""
    when = f"{_clock(each.at, told)}, {_place(each.office, told)}"
    if each.row is None:
        leg = each.leg
        known = f" ({leg.status}, {leg.seconds} s), {leg.sid}," if leg else ""
        return f"{when}: Twilio lists a call{known} that we never counted."
    is_call = told.found.channel is Channel.CALLS
    said, seconds = (
        (_said_by_twilio(each), f" ({each.row.seconds} s)") if is_call else (_said_by_ses(each), "")
    )
    return f"{when}: we counted “{_words(told, each.row)}”{seconds}; {said}. Row {each.row.id}."


def _said_by_twilio(each: Difference) -> str:
    if each.leg is None:
        return "Twilio lists no such call"
    if each.how is Apart.SECONDS:
        return f"Twilio says {each.leg.seconds} s"
    return f"Twilio says {each.leg.status} after {each.leg.seconds} s, which can’t mean that"


def _said_by_ses(each: Difference) -> str:
    if each.how is Apart.NOT_THERE:
        return "there is no such letter"
    return f"what SES told us of it last is “{each.said}”" if each.said else "SES told us nothing of it"


# Strictly private.


def _sentence(found: Explanation) -> str:
    _, many, done = THINGS[found.channel]
    number, reached = found.standing.tally, found.standing.reached
    if not number:
        return f"No {many}: the ledger has no row of this time."
    if found.channel is Channel.ANSWERS:
        return f"{_number(number, found.channel)}, as writers say. They count toward no goal."
    rows = f"{found.rows:,} row" if found.rows == 1 else f"{found.rows:,} rows"
    return f"{reached:,} of {_number(number, found.channel)} {done}: {rows} of the ledger."


def _number(acts: int, channel: Channel) -> str:
    one, many, _ = THINGS[channel]
    return f"{acts:,} {one if acts == 1 else many}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for heading in headings:
        is_number = heading in {"Now", "Then"}
        is_bar = heading == "|"
        table.add_column(
            "" if is_bar else heading, justify="right" if is_number else "left", width=BAR if is_bar else None,
            no_wrap=not is_bar,
        )  # fmt: skip
    return table


def _outcomes(found: Explanation) -> RenderableType:
    """A bar for each outcome; `Then` stands there where it was another number when the day was over."""
    was_other = found.then != found.standing
    first = "How they count"
    table = _table(first, "Now", *(["Then"] if was_other else []), "|", "")
    longest = max(found.standing.outcomes.values(), default=1)
    has_goal = found.channel is not Channel.ANSWERS
    for outcome, words in WORDS[found.channel].items():
        now, then = (tally.outcomes.get(outcome, 0) for tally in (found.standing, found.then))
        counts = outcome in ARRIVED
        bar = Bar(longest or 1, 0, now, width=BAR, color="green" if counts else "bright_black")
        mark = Text("counts ✓", "green") if counts else Text("doesn’t count", "dim")
        table.add_row(words, f"{now:,}", *([f"{then:,}"] if was_other else []), bar, mark if has_goal else "")
    bases = ", ".join(
        f"{BASES[basis]} {number:,}"
        for basis in Basis
        if (number := sum(n for (_, each), n in found.basis.items() if each is basis))
    )
    notes = [Text(f"Whose word it is: {bases}.", "dim")]
    if was_other:
        notes.append(
            Text("“Then” is what these were when the day was over, before what was corrected later.", "dim")
        )
    return Group(table, *notes)


def _times(told: Told) -> RenderableType:
    is_day = told.found.span.start is not None
    names = {
        at: _hour(at, told) if is_day else f"{at.astimezone(told.zone):%Y-%m-%d}" for at in told.found.times
    }
    parts = {names[at]: tally for at, tally in told.found.times.items()}
    return _parts("By hour" if is_day else "By day", parts, told.found.channel)


def _offices(told: Told) -> RenderableType:
    parts = {_place(office, told): tally for office, tally in told.found.offices.items()}
    return _parts(
        "By office", dict(sorted(parts.items(), key=lambda each: -each[1].tally)), told.found.channel
    )


def _parts(heading: str, parts: Mapping[str, Tally], channel: Channel) -> RenderableType:
    done = THINGS[channel][2]
    table = _table(heading, "Now", "|", "")
    longest = max(tally.tally for tally in parts.values())
    for name, tally in parts.items():
        bar = Bar(longest, 0, tally.reached, width=BAR, color="green")
        table.add_row(name, f"{tally.tally:,}", bar, Text(f"{tally.reached:,} {done}", "dim"))
    return table


def _rows(told: Told) -> RenderableType:
    """Each row on two lines at most: ids are long, and each is whole."""
    table = _table("Counted at", "Office", "Counted as", "Seconds")
    for act in told.found.acts:
        for row in act.rows:
            words = _words(told, row)
            stands = row is act.last
            shown = Text(words) if stands else Text(f"{words}, replaced", "dim strike")
            table.add_row(_clock(row.at, told), row.office, shown, str(row.seconds))
            table.add_row("", Text(row.id, "dim"), "", "")
    return table


def _listed(heading: str, sentences: Iterator[Text]) -> RenderableType:
    return Group(Text(heading, "dim"), *sentences)


def _corrections(told: Told) -> Iterator[Text]:
    found = sorted(told.found.corrections, key=lambda each: not each.by_hand)
    for each in found[:MOST_SHOWN]:
        yield Text(correction_sentence(told, each))
    if len(found) > MOST_SHOWN:
        yield Text(f"… and {len(found) - MOST_SHOWN:,} more: --rows or --json shows them.", "dim")


def correction_sentence(told: Told, each: Correction) -> str:
    """Say what took the place of what, when, and of a correction by hand who did it why."""
    before, after = (_words(told, row) for row in (each.before, each.row))
    what = f"{_clock(each.row.at, told)}, {_place(each.row.office, told)}: “{after}” in place of “{before}”"
    entry = told.entries.get(each.row.id)
    if not each.by_hand:
        return f"{what}."
    return (
        f"{what}, by {entry.who}: {entry.facts['why']}" if entry else f"{what}, by staff; no entry says why."
    )


def _checks(told: Told) -> Iterator[Text]:
    one, many, _ = THINGS[told.found.channel]
    whole = (
        f"all {told.tally.tally:,} {many} of this campaign"
        if told.tally.tally != 1
        else f"this campaign’s {one}"
    )
    yield _mark(
        f"The ledger, added up again, gives the tally: {whole}."
        if not told.apart
        else f"The ledger, added up again, is {told.apart:,} from the tally. See: patchthrough counts verify",
        is_good=not told.apart,
    )
    for act in told.found.broken[:MOST_SHOWN]:
        yield _mark(
            f"The rows of {act.id} don’t follow from one another: {_chain(told, act)}.", is_good=False
        )
    yield from _carrier(told)


def _chain(told: Told, act: Act) -> str:
    return ", then ".join(f"“{_words(told, row)}”" for row in act.rows)


def _carrier(told: Told) -> Iterator[Text]:
    if told.carrier is None:
        yield Text(f"· {told.unasked}")
        return
    agree, apart = told.carrier.agree, told.carrier.differences
    all_of_them = _number(told.found.standing.tally, told.found.channel)
    if told.found.channel is Channel.CALLS:
        shared = "the office, the time, the seconds, and how they ended"
        yield _mark(f"Twilio’s list agrees with {agree:,} of {all_of_them}: {shared}.", is_good=not apart)
    else:
        yield _mark(f"What SES told us agrees with {agree:,} of {all_of_them}.", is_good=not apart)
        yield Text("· SES keeps no list that could be asked anew: what it told us is all there is.")
    if told.carrier.undialled:
        yield Text(
            f"· {told.carrier.undialled:,} that count as “Nobody answered” are not in Twilio’s list: their supporters "
            "were gone before the office was dialed."
        )
    if told.carrier.open:
        yield Text(f"· {told.carrier.open:,} ended within the last hour and may still be counted.")
    for each in apart[:MOST_SHOWN]:
        yield _mark(difference_sentence(told, each), is_good=False)
    if len(apart) > MOST_SHOWN:
        yield _mark(f"… and {len(apart) - MOST_SHOWN:,} more: --json shows them.", is_good=False)


def _mark(sentence: str, *, is_good: bool) -> Text:
    return Text.assemble(("✓ ", "green") if is_good else ("✗ ", "bold red"), sentence)


def _words(told: Told, row: Action) -> str:
    return WORDS[told.found.channel][row.outcome]


def _place(office: str, told: Told) -> str:
    place = told.places.get(office)
    return f"{place} ({office})" if place else office


def _hour(at: datetime, told: Told) -> str:
    return f"{at.astimezone(told.zone):%H:%M %Z}"


def _clock(at: datetime, told: Told) -> str:
    return f"{at.astimezone(told.zone):%b %d %H:%M:%S}"
