"""`patchthrough campaign apply`, of texts: what it shows before it asks, what it writes, whose keyword a word is."""

import re
from pathlib import Path

import pytest

from chalicelib.domain.campaign import OnCall, Texts
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language, Words
from cli.campaign_texts import ANSWERS
from tests.cli.conftest import Shell, changed
from tests.cli.test_campaign_commands import live

THANKS = "{en: 'Neighbors for Families: Thank you.', es: 'Vecinos por las Familias: Gracias.'}"
SHOWN = "We answer"
"""The head of the table of replies."""


def apply(shell: Shell, file: Path) -> str:
    """Apply the file and return what was shown."""
    result = shell.run("campaign", "apply", str(file), "--yes")
    assert result.exit_code == 0, result.output
    return result.stdout


def without_texts(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    start, end = text.index("\ntexts:"), text.index("\nspoken:")
    file.write_text(text[:start] + text[end:], encoding="utf-8")


def test_texts_are_written_as_the_file_says(shell: Shell, campaign_file: Path) -> None:
    changed(campaign_file, "  confirm: true\n", f"  confirm: false\n  thanks: {THANKS}\n")
    changed(campaign_file, "  call: ring\n", "  call: link\n")
    changed(campaign_file, "/texts\n", "/texts\n  privacy: https://example.org/privacy\n")

    apply(shell, campaign_file)

    assert live(shell).texts == Texts(
        keywords=(
            Keyword("FAMILIES", "families-28", Language.EN),
            Keyword("FAMILIAS", "families-28", Language.ES),
        ),
        name=Words("28 Families", "28 Familias"),
        frequency=Words("up to 8 msgs/month", "hasta 8 mensajes/mes"),
        contact=Words("help@example.org", "ayuda@example.org"),
        terms="https://example.org/texts",
        privacy="https://example.org/privacy",
        confirms=False,
        thanks=Words("Neighbors for Families: Thank you.", "Vecinos por las Familias: Gracias."),
        call=OnCall.LINK,
    )
    assert [row.keywords for row in shell.catalog.campaigns()] == [("FAMILIES", "FAMILIAS")]


def test_a_file_that_does_not_say_confirms_and_thanks_nobody(shell: Shell, campaign_file: Path) -> None:
    changed(campaign_file, "  confirm: true\n  call: ring\n", "")

    apply(shell, campaign_file)

    texts = live(shell).texts
    assert texts is not None
    assert (texts.confirms, texts.thanks, texts.privacy) == (True, None, "")
    assert texts.call is OnCall.RING


def test_a_campaign_without_texts_has_none_and_shows_none(shell: Shell, campaign_file: Path) -> None:
    without_texts(campaign_file)

    shown = apply(shell, campaign_file)

    assert live(shell).texts is None
    assert SHOWN not in shown
    assert "texts keywords" not in shown


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_eight_replies_are_shown_in_both_languages_with_their_segments(
    shell: Shell, campaign_file: Path, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)

    shown = apply(shell, campaign_file)

    table = shown[shown.index(SHOWN) :].split("\n\n")[0]
    assert max(map(len, shown.splitlines())) <= int(width)
    together = " ".join(table.split())
    for reply in set(ANSWERS) - {Reply.THANKS}:
        assert ANSWERS[reply].split()[0] in together
    rows = re.findall(r"^.{14} +(en|es) +(\d)  (.*)$", table, re.MULTILINE)
    assert [(language, segments) for language, segments, _ in rows] == [
        (language, segments) for segments in "22122111" for language in ("en", "es")
    ]
    for language, _, text in rows:
        title = "Neighbors for Families 28" if language == "en" else "Vecinos por las Familias 28"
        assert text.startswith(title)
    assert "https://example.org/texts" in table


def test_replies_are_shown_only_when_one_of_them_changes(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "goal: 2000", "goal: 2500")
    assert SHOWN not in apply(shell, campaign_file)

    changed(campaign_file, "  en: Neighbors for Families", "  en: Families Together")
    assert "Families Together 28 Families: Reply YES" in " ".join(apply(shell, campaign_file).split())

    changed(
        campaign_file,
        "  confirm: true\n",
        f"  thanks: {THANKS.replace('Neighbors for', 'Families Together')}\n",
    )
    assert "Families Together Families: Thank you." in apply(shell, campaign_file)


def test_what_differs_of_texts_is_shown(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "en: [FAMILIES]", "en: [FAMILIES, FAMILY]")
    changed(campaign_file, "confirm: true", "confirm: false")
    changed(campaign_file, "/texts\n", "/terms\n")

    lines = [line.strip() for line in apply(shell, campaign_file).splitlines()]

    def after(part: str) -> list[str]:
        return lines[lines.index(part) :][1:3]

    assert after("texts keywords") == ["- en FAMILIES", "+ en FAMILIES, FAMILY"]
    assert after("texts terms") == ["- https://example.org/texts", "+ https://example.org/terms"]
    assert after("texts ask to confirm") == ["- yes", "+ no"]


def test_texts_that_are_taken_out_of_the_file_are_shown_to_go(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    without_texts(campaign_file)

    shown = apply(shell, campaign_file)

    assert "- en FAMILIES" in shown
    assert SHOWN not in shown
    assert live(shell).texts is None
    assert [row.keywords for row in shell.catalog.campaigns()] == [()]


def test_a_keyword_joins_one_campaign_until_that_has_ended(shell: Shell, campaign_file: Path) -> None:
    text = campaign_file.read_text(encoding="utf-8")
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    another = campaign_file.with_name("another.yaml")
    other_words = text.replace("slug: families-28", "slug: another").replace("[FAMILIES]", "[“Famílies”]")
    another.write_text(other_words.replace("[FAMILIAS]", "[NIÑOS]"), encoding="utf-8")

    refused = shell.run("campaign", "apply", str(another), "--yes")

    assert refused.exit_code == 1
    assert "FAMILIES is a keyword of families-28, which is live" in refused.stderr
    assert "Give this campaign another one, or end families-28 first." in " ".join(refused.stderr.split())
    assert [row.slug for row in shell.catalog.campaigns()] == ["families-28"]
    for status in ("paused", "ended"):
        campaign_file.write_text(text.replace("status: live", f"status: {status}"), encoding="utf-8")
        apply(shell, campaign_file)
    apply(shell, another)


def test_a_campaign_may_be_applied_again_with_its_own_keywords(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "goal: 2000", "goal: 2500")

    apply(shell, campaign_file)

    assert live(shell).goal == 2500
