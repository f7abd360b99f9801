"""`patchthrough broadcast …`: what staff can do with an alert, what stops them, and what is on record afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.broadcast import ClaimState, Move, NotArmed, Stage, begun, moved
from chalicelib.domain.words import Words
from cli.broadcast_arming import WHY_NOT
from cli.broadcast_commands import carried_out, looks
from cli.broadcast_screens import STAGES
from cli.broadcast_standing import STATES
from cli.connection import connect
from tests.cli.alert_desk import DANA, EN, ES, LEE, WORDS, Desk, refused, seated
from tests.cli.conftest import ROOT, Shell
from tests.cli.text_house import SLUG


@pytest.fixture
def desk(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with seated(shell, monkeypatch) as found:
        yield found


# Drafts.


def test_a_draft_is_written_shown_and_on_record_and_nothing_is_sent(desk: Desk) -> None:
    desk.join_many(12)

    result = desk.run("broadcast", "draft", *WORDS, *DANA)

    assert result.exit_code == 0, result.output
    made = desk.latest()
    page = f"https://calls.example.org/c/{SLUG}"
    assert made.stage is Stage.DRAFT
    assert made.words == Words(
        EN.replace("{link}", f"{page}?lang=en"), ES.replace("{link}", f"{page}?lang=es")
    )
    assert (made.audience, made.segments, made.made_by, made.link) == (12, 1, "Dana R.", page)
    assert made.sender == "toll-free"
    assert desk.acts() == [("Dana R.", "broadcast drafted", made.id)]
    text = " ".join(result.stdout.split())
    assert "English 9 people 1 segment" in text
    assert "Spanish 3 people 1 segment" in text
    assert "12 people" in text
    assert "$0.14 to $0.15, an estimate" in text
    assert f"patchthrough broadcast arm {made.id} --by NAME" in text


@pytest.mark.parametrize("columns", ["80", "120"])
def test_nothing_runs_over_the_edge(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    desk.join_many(30)
    made = desk.draft()

    shown = [desk.run("broadcast", "preview", made.id), desk.run("broadcast", "status")]

    for line in (line for result in shown for line in result.stdout.splitlines()):
        assert len(line) <= int(columns) or line.startswith("Arm it:")


def test_no_number_is_on_the_screen(desk: Desk) -> None:
    desk.join_many(5)
    made = desk.draft()

    output = (
        desk.run("broadcast", "preview", made.id).output + desk.run("broadcast", "status", made.id).output
    )

    assert "+1" not in output
    assert "5550" not in output


def test_bad_words_are_refused_each_with_what_to_do_and_nothing_is_written(desk: Desk) -> None:
    result = desk.run(
        "broadcast", "draft", "--en", "Hearing today: bit.ly/x", "--es", ES, "--campaign", SLUG, *DANA
    )

    refused(
        result,
        2,
        "English: It must begin with who writes. Put “Neighbors for Families:” first.",
        "English: Carriers block links of bit.ly.",
        "English: No alert of the last 30 days has said how to stop, so this one must.",
        "Nothing was changed: 3 things to correct first.",
    )
    assert desk.shelf.all() == ()
    assert desk.acts() == []


def test_words_from_a_file_are_refused_at_their_lines(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "alert.yaml"
    file.write_text(f"campaign: {SLUG}\nen: >-\n  {EN}\nes: >-\n  Hola {{link}}\n", encoding="utf-8")

    result = desk.run("broadcast", "draft", str(file), *DANA)

    refused(result, 2, f"{file}:4: Spanish: It must begin with who writes.")
    file.write_text(file.read_text("utf-8").replace("Hola {link}", ES), encoding="utf-8")
    assert desk.draft(str(file)).campaign == SLUG


def test_the_sample_of_the_page_for_staff_is_good(desk: Desk, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "broadcasting.md").read_text(encoding="utf-8")
    file = tmp_path / "alert.yaml"
    sample = page.split("```yaml\n")[1].split("```")[0]
    # The page's own time may be over by now.
    file.write_text(sample.replace("until: 20:00", "until: tomorrow 20:00"), encoding="utf-8")

    assert desk.draft(str(file)).segments == 2


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("en: [a, b]\n", "“en” has to be a text"),
        ("en: 12\nes: 13\n", "“en” has to be a text"),
        ("inglés: hola\n", "“inglés” means nothing here"),
        ("en: yes\n", "“en” has to be a text"),
        ("", "This file has no words"),
        ("- a\n", "This file has no words"),
        ("en: a: b\n", "colon"),
    ],
)
def test_a_file_that_says_something_else_is_refused(desk: Desk, tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "alert.yaml"
    file.write_text(text, encoding="utf-8")

    refused(desk.run("broadcast", "draft", str(file), "--campaign", SLUG, *DANA), 2, part)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--campaign", SLUG), "Give the words"),
        (("nowhere.yaml", "--campaign", SLUG), "There is no text file nowhere.yaml"),
        (("--en", EN, "--es", ES), "Say whose subscribers get it"),
        (("--en", EN, "--es", ES, "--campaign", "nobody"), "There is no campaign “nobody”"),
        ((*WORDS, "--until", "8pm"), "--until: “8pm” is no time with its zone"),
        ((*WORDS, "--until", "2020-01-01 12:00 UTC"), "is over"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(desk: Desk, words: tuple[str, ...], part: str) -> None:
    refused(desk.run("broadcast", "draft", *words, *DANA), 2, part)
    assert desk.shelf.all() == ()


def test_every_act_wants_a_name(desk: Desk) -> None:
    made = desk.draft()

    for act in ("arm", "pause", "resume", "cancel"):
        refused(desk.run("broadcast", act, made.id), 2, "Say who you are")
    refused(desk.run("broadcast", "draft", *WORDS), 2, "Say who you are")
    assert desk.latest() == made


def test_a_long_one_is_a_choice(desk: Desk) -> None:
    long = (*WORDS[:1], EN + " a" * 200, *WORDS[2:])

    refused(desk.run("broadcast", "draft", *long, *DANA), 2, "or say --long")
    assert desk.draft(*long, "--long").segments == 4


def test_how_to_stop_need_not_be_said_again_within_thirty_days(desk: Desk) -> None:
    short = (
        "--en",
        EN[: -len(" Reply STOP to cancel.")],
        "--es",
        ES[: -len(" Responda ALTO para cancelar.")],
    )
    desk.join_many(1)
    begun_now = desk.begin()

    assert desk.draft(*short, "--campaign", SLUG).words.en.endswith("?lang=en")
    aged = replace(begun_now, made_at=datetime.now(UTC) - timedelta(days=30))
    desk.shelf.move(begun_now, aged)
    refused(desk.run("broadcast", "draft", *short, "--campaign", SLUG, *DANA), 2, "how to stop")


def test_a_cancelled_one_has_told_nobody_how_to_stop(desk: Desk) -> None:
    desk.join_many(1)
    desk.run("broadcast", "cancel", desk.begin().id, *DANA)

    short = (EN[: -len(" Reply STOP to cancel.")], ES)
    refused(
        desk.run("broadcast", "draft", "--en", short[0], "--es", short[1], "--campaign", SLUG, *DANA),
        2,
        "how to stop",
    )


# Moving.


def test_an_alert_is_paused_resumed_and_cancelled_at_once_and_on_record(desk: Desk) -> None:
    desk.join_many(2)
    begun_now = desk.begin()
    epochs = [begun_now.epoch]

    for act, stage, part in (
        ("pause", Stage.PAUSED, "Nothing more begins within 10 seconds"),
        ("resume", Stage.SENDING, "goes on within a minute"),
        ("cancel", Stage.CANCELLED, "Nothing more begins within 10 seconds"),
    ):
        result = desk.run("broadcast", act, begun_now.id, *LEE)
        assert result.exit_code == 0, result.output
        assert part in " ".join(result.stdout.split())
        assert desk.latest().stage is stage
        epochs.append(desk.latest().epoch)

    assert epochs == sorted(set(epochs))
    assert [what for who, what, _ in desk.acts() if who == "Lee K."] == [
        "broadcast paused",
        "broadcast resumed",
        "broadcast cancelled",
    ]


@pytest.mark.parametrize(
    ("act", "way_on"), [("pause", "It can be: cancel."), ("resume", "It can be: cancel.")]
)
def test_what_makes_no_sense_is_refused_with_what_can_be_done(desk: Desk, act: str, way_on: str) -> None:
    made = desk.draft()

    refused(desk.run("broadcast", act, made.id, *DANA), 1, "draft", way_on)
    assert desk.latest() == made


def test_what_is_over_stays_over(desk: Desk) -> None:
    made = desk.draft()
    desk.run("broadcast", "cancel", made.id, *DANA)

    refused(desk.run("broadcast", "cancel", made.id, *DANA), 1, "Nothing more can be done about it.")


def test_a_halt_wins_over_a_planner_who_was_faster(desk: Desk) -> None:
    desk.join_many(1)
    drafted = desk.draft()
    desk.run("broadcast", "arm", drafted.id, "--count", "1", *DANA)
    read = desk.latest()
    desk.shelf.move(read, begun(read, 1))

    after = carried_out(connect(), read, Move.CANCEL)

    assert after == desk.latest()
    assert (after.stage, after.planned) == (Stage.CANCELLED, 1)


def test_a_broadcast_is_named_by_the_beginning_or_the_end_of_its_id(desk: Desk) -> None:
    made = desk.draft()
    other = replace(made, id=made.id[:-6] + "abcdef", version=0)
    desk.shelf.make(other)

    assert desk.run("broadcast", "preview", made.id[-6:]).exit_code == 0
    refused(desk.run("broadcast", "preview", made.id[:8]), 2, "stands for 2 broadcasts")
    refused(desk.run("broadcast", "preview", "nothing"), 2, "There is no broadcast “nothing”")


# Looking.


def test_every_stage_and_state_has_a_name() -> None:
    assert set(STAGES) == set(Stage)
    assert set(STATES) == set(ClaimState)
    assert set(WHY_NOT) == set(NotArmed) - {NotArmed.NEEDS_SECOND_PERSON}


def test_the_list_has_the_latest_first(desk: Desk) -> None:
    assert "No broadcast yet." in desk.run("broadcast", "status").stdout
    first = desk.draft()
    desk.shelf.move(first, replace(first, made_at=datetime.now(UTC) - timedelta(days=1)))
    second = replace(first, id="20300101-0000-abcdef", made_at=datetime.now(UTC), version=0)
    desk.shelf.make(second)

    lines = desk.run("broadcast", "status").stdout.splitlines()

    assert [line.split()[0] for line in lines[1:3]] == [second.id, first.id]


def test_one_is_shown_with_what_became_of_whom_and_the_sum_that_must_hold(desk: Desk) -> None:
    desk.join_many(10)
    sending = desk.begin()
    desk.claim(sending, sent=4, skipped_stopped=2, ambiguous=1)

    text = " ".join(desk.run("broadcast", "status", sending.id).stdout.split())

    assert "7 of 10" in text
    assert "Sent: Twilio took it 4" in text
    assert "Skipped: they have said stop 2" in text
    assert "claims 7, audience 10: 3 people still to come" in text
    assert "Sender: toll-free, 2.7 segments a second" in text
    assert "Armed by Dana R." in text


@pytest.mark.parametrize(
    ("claims", "part"),
    [
        ({"sent": 9, "skipped_stopped": 1}, "✓ claims 10 = audience 10"),
        ({"sent": 9, "ambiguous": 1}, "of 1 person it is not clear yet"),
        ({"sent": 11}, "✗ claims 11 > audience 10"),
    ],
)
def test_the_sum_says_whether_all_is_known(desk: Desk, claims: dict[str, int], part: str) -> None:
    desk.join_many(10)
    sending = desk.begin()
    desk.claim(sending, **claims)

    assert part in " ".join(desk.run("broadcast", "status", sending.id).stdout.split())


def test_watching_ends_with_the_broadcast(desk: Desk) -> None:
    desk.join_many(2)
    sending = desk.begin()

    def end_it() -> None:
        desk.claim(sending, sent=2)
        desk.shelf.move(desk.latest(), moved(desk.latest(), Move.FINISH))

    seen = list(looks(connect(), sending.id, end_it))

    assert [(each.broadcast.stage, each.claims.total()) for each in seen] == [
        (Stage.SENDING, 0),
        (Stage.DONE, 2),
    ]
    assert [each.a_minute is None for each in seen] == [True, False]
    result = desk.run("broadcast", "status", sending.id, "--watch")
    assert "✓ claims 2 = audience 2" in " ".join(result.stdout.split())


def test_t_mobiles_day_is_shown_where_the_sender_has_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHTHROUGH_TEXT_SENDER", "10dlc-lowest")
    desk.join_many(2)

    text = " ".join(desk.run("broadcast", "draft", *WORDS, *DANA).stdout.split())

    assert desk.latest().sender == "10DLC, lowest trust"
    assert "2,000 of 2,000 segments are left today" in text
