"""`patchthrough campaign pause`, `resume` and `end`: what is written, what is said, and who is on record."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.adapters.audit import entries
from chalicelib.adapters.campaign_moves import move
from chalicelib.domain.campaign import Campaign, Status
from tests.cli.conftest import Door, Shell

SLUG = "families-28"
BY = ("--by", "Dana R.")


@pytest.fixture
def campaigns(shell: Shell, campaign_file: Path) -> Shell:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    return shell


def live(shell: Shell) -> Campaign:
    found = shell.catalog.campaign(SLUG)
    assert found is not None
    return found


def on_record(shell: Shell) -> list[tuple[str, str, str]]:
    found = entries(shell.catalog.table, datetime.now(UTC))
    return [(each.who, each.what, each.subject) for each in found if each.what.startswith("campaign")]


def test_paused_resumed_paused_and_ended_each_on_record(campaigns: Shell) -> None:
    said = [campaigns.run("campaign", do, SLUG, *BY) for do in ("pause", "resume", "pause", "end")]

    assert [result.exit_code for result in said] == [0, 0, 0, 0]
    assert "No call, letter or text begins later than 10 seconds from now." in said[0].stdout
    assert f"patchthrough campaign resume {SLUG} --by NAME" in said[0].stdout
    assert (live(campaigns).status, live(campaigns).revision) == (Status.ENDED, 5)
    assert on_record(campaigns) == [
        ("Dana R.", f"campaign {done}", SLUG) for done in ("paused", "resumed", "paused", "ended")
    ]


def test_one_that_is_paused_already_is_said_to_be_and_nothing_more_is_written(campaigns: Shell) -> None:
    for _ in range(2):
        assert campaigns.run("campaign", "pause", SLUG, *BY).exit_code == 0

    assert live(campaigns).revision == 2
    assert len(on_record(campaigns)) == 1


@pytest.mark.parametrize(
    ("before", "do", "sentence"),
    [
        ((), "end", f"{SLUG} is live. Pause it first: patchthrough campaign pause {SLUG} --by NAME"),
        (("pause", "end"), "resume", f"{SLUG} is ended. It is over for good."),
        (("pause", "end"), "pause", f"{SLUG} is ended. It is over for good."),
    ],
)
def test_where_it_cannot_go_is_said_with_the_way_on(
    campaigns: Shell, before: tuple[str, ...], do: str, sentence: str
) -> None:
    for each in before:
        assert campaigns.run("campaign", each, SLUG, *BY).exit_code == 0

    result = campaigns.run("campaign", do, SLUG, *BY)

    assert result.exit_code == 1
    assert sentence in " ".join(result.stderr.split())


def test_nobody_pauses_without_a_name_or_a_campaign_that_is_not_there(campaigns: Shell) -> None:
    nameless, unknown = (
        campaigns.run("campaign", "pause", SLUG),
        campaigns.run("campaign", "pause", "none", *BY),
    )

    assert (nameless.exit_code, unknown.exit_code) == (2, 1)
    assert "Say who you are" in nameless.stderr
    assert "No campaign is called none." in unknown.stderr
    assert live(campaigns).status is Status.LIVE


def test_a_pause_is_not_lost_to_a_change_made_at_the_same_moment(
    campaigns: Shell, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rival() -> None:
        campaigns.catalog.apply(replace(live(campaigns), goal=4000), datetime.now(UTC))

    monkeypatch.setenv("AWS_ENDPOINT_URL", loopback)
    monkeypatch.setattr(Door, "rivals", [rival])

    assert campaigns.run("campaign", "pause", SLUG, *BY).exit_code == 0
    assert (live(campaigns).status, live(campaigns).goal, live(campaigns).revision) == (
        Status.PAUSED,
        4000,
        3,
    )


def test_the_road_says_so_where_there_is_no_campaign(campaigns: Shell) -> None:
    assert move(campaigns.catalog, "none", Status.PAUSED, "Dana R.", datetime.now(UTC)) is None
