"""Campaign files: what comes out of a right one, and how a wrong one is told, line by line."""

import json
import re
from pathlib import Path

import pytest

from chalicelib.domain.campaign import Local, Order, Recording, Routing, Status
from chalicelib.domain.office import Line
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.spoken import PLACEHOLDERS, PROMPTS
from chalicelib.domain.words import Language, Words
from cli.campaign_file import OF_NO_CAMPAIGN, read_campaign
from cli.directory import Directory, read_directory
from cli.problems import FileRefused
from tests.cli.conftest import ROOT, changed
from tests.cli.wrong_campaigns import AUDIO, SMALL, SPOKEN, TEXTED, TEXTS, WRONG

SCHEMA = ROOT / "campaigns" / "schema.json"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return read_directory(ROOT / "directory")


def problems(text: str | bytes, folder: Path, directory: Directory) -> list[str]:
    """What is said about a file, without the folder."""
    file = folder / "c.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FileRefused) as refused:
        read_campaign(file, directory, SCHEMA)
    return str(refused.value).replace(f"{folder}/", "").splitlines()


def test_the_first_campaign_is_read(directory: Directory) -> None:
    campaign = read_campaign(ROOT / "campaigns" / "families-28.yaml", directory, SCHEMA)

    assert (campaign.slug, campaign.status, campaign.revision, campaign.goal) == (
        "families-28",
        Status.LIVE,
        0,
        2000,
    )
    assert [office.id for office in campaign.offices[:3]] == ["ero-atl", "ero-was", "ero-nyc"]
    assert campaign.offices[0].name == Words("ICE office in Atlanta", "oficina de ICE en Atlanta")
    assert campaign.offices[0].lines == (Line("+14048931290"),)
    assert campaign.points[1] == Words(
        "Please halt the deportations.", "Por favor, detengan las deportaciones."
    )
    assert "twenty-eight" in campaign.spoken[PromptId.POINTS].en
    assert "veintiocho" in campaign.spoken[PromptId.POINTS].es
    assert campaign.letter.body.en.startswith("To the Field Office Director:\n\nI am writing")


def test_a_small_campaign_needs_no_spoken_words_of_its_own(tmp_path: Path, directory: Directory) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(SMALL, encoding="utf-8")

    campaign = read_campaign(file, directory, SCHEMA)

    assert (campaign.spoken, campaign.recordings) == ({}, ())
    assert campaign.heading.es == "Nuestra agua sale café"


def test_without_routing_offices_are_called_as_listed_and_no_others(
    tmp_path: Path, directory: Directory
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(SMALL, encoding="utf-8")

    campaign = read_campaign(file, directory, SCHEMA)

    assert (campaign.routing, campaign.elsewhere) == (Routing(Order.FIXED, Local.NEVER), ())


@pytest.mark.parametrize(
    ("text", "routing"),
    [(f"{{order: {order}, local: {local}}}", Routing(order, local)) for order in Order for local in Local]
    + [("{order: balanced}", Routing(Order.BALANCED)), ("{local: only}", Routing(local=Local.ONLY))],
)
def test_routing_is_read_and_a_local_campaign_may_call_every_office(
    tmp_path: Path, directory: Directory, text: str, routing: Routing
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"{SMALL}routing: {text}\n", encoding="utf-8")

    campaign = read_campaign(file, directory, SCHEMA)

    assert campaign.routing == routing
    assert [office.id for office in campaign.offices] == ["ero-atl", "ero-was"]
    others = (
        []
        if routing.local is Local.NEVER
        else [o for o in directory.offices if o not in ("ero-atl", "ero-was")]
    )
    assert [office.id for office in campaign.elsewhere] == others


AREAS = "routing: {local: before}\n"


@pytest.mark.parametrize(
    ("more", "letter", "others"),
    [
        ("", ((), False), []),
        ("  to: [ero-was, ero-nyc]\n", (("ero-was", "ero-nyc"), False), ["ero-nyc"]),
        ("  local: true\n", ((), True), None),
        (AREAS, ((), True), None),
        (f"  local: false\n  to: [ero-was]\n{AREAS}", (("ero-was",), False), None),
    ],
)
def test_a_campaign_brings_the_offices_its_letters_may_go_to(
    tmp_path: Path,
    directory: Directory,
    more: str,
    letter: tuple[tuple[str, ...], bool],
    others: list[str] | None,
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(SMALL + more, encoding="utf-8")

    campaign = read_campaign(file, directory, SCHEMA)

    every_other = [each for each in directory.offices if each not in {"ero-atl", "ero-was"}]
    assert (campaign.letter.offices, campaign.letter.is_local) == letter
    assert [office.id for office in campaign.elsewhere] == (every_other if others is None else others)
    called = every_other if AREAS in more else []
    assert [office.id for office in campaign.ever_called] == ["ero-atl", "ero-was", *called]


def test_where_printed_letters_go_and_how_many_leave_in_an_hour_is_read(
    tmp_path: Path, directory: Directory
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        SMALL + "  post:\n    - Agency\n    - 1 Example Street\n  an_hour: 60\n", encoding="utf-8"
    )

    letter = read_campaign(file, directory, SCHEMA).letter

    assert (letter.post, letter.an_hour) == ("Agency\n1 Example Street", 60)


def test_recordings_are_read_from_addresses_and_from_this_site(tmp_path: Path, directory: Directory) -> None:
    file = tmp_path / "c.yaml"
    audio = """\
recordings:
  - {prompt: hello, language: es, url: "https://audio.example.org/hello-es.mp3"}
  - {prompt: hello, language: en, url: /static/hello-en.mp3}
"""
    file.write_text(SMALL + audio, encoding="utf-8")

    assert read_campaign(file, directory, SCHEMA).recordings == (
        Recording(PromptId.HELLO, Language.ES, "https://audio.example.org/hello-es.mp3"),
        Recording(PromptId.HELLO, Language.EN, "/static/hello-en.mp3"),
    )


@pytest.mark.parametrize(("before", "after", "said"), WRONG, ids=[after[:30] for _, after, _ in WRONG])
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, directory: Directory, before: str, after: str, said: str
) -> None:
    assert before in SMALL

    found = problems(SMALL.replace(before, after, 1), tmp_path, directory)

    assert any(line.startswith(said) for line in found), found


@pytest.mark.parametrize(("words", "said"), SPOKEN)
def test_spoken_words_the_voice_cannot_say_are_refused(
    tmp_path: Path, directory: Directory, words: str, said: str
) -> None:
    found = problems(f"{SMALL}spoken:\n{words}\n", tmp_path, directory)

    assert any(line.startswith(said) for line in found), found


@pytest.mark.parametrize(("recording", "said"), AUDIO)
def test_recordings_that_cannot_be_played_are_refused(
    tmp_path: Path, directory: Directory, recording: str, said: str
) -> None:
    found = problems(f"{SMALL}recordings:\n  - {recording}\n", tmp_path, directory)

    assert any(line.startswith(said) for line in found), found


@pytest.mark.parametrize(("before", "after", "said"), TEXTED, ids=[after[:30] for _, after, _ in TEXTED])
def test_texts_that_carriers_would_refuse_are_said_with_their_line(
    tmp_path: Path, directory: Directory, before: str, after: str, said: str
) -> None:
    assert before in TEXTS

    found = problems(SMALL + TEXTS.replace(before, after, 1), tmp_path, directory)

    assert any(line.startswith(said) for line in found), found


@pytest.mark.parametrize(
    "contact", ["1-800-555-0142", "(202) 555-0142", "+1 202 555 0142", "help@example.org"]
)
def test_questions_go_to_a_phone_or_a_mailbox(tmp_path: Path, directory: Directory, contact: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(SMALL + TEXTS.replace("help@example.org", f'"{contact}"'), encoding="utf-8")

    texts = read_campaign(file, directory, SCHEMA).texts

    assert texts is not None
    assert texts.contact.en == contact


def test_names_may_have_accents_that_texts_lack(tmp_path: Path, directory: Directory) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(SMALL + TEXTS.replace("es: Alertas", "es: Acción ya"), encoding="utf-8")

    texts = read_campaign(file, directory, SCHEMA).texts

    assert texts is not None
    assert texts.name.es == "Acción ya"


def test_the_page_for_organizers_names_every_part_of_texts_and_its_sample_is_right(
    tmp_path: Path, directory: Directory
) -> None:
    page = (ROOT / "campaigns" / "README.md").read_text(encoding="utf-8")
    parts = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]["texts"]
    chapter = page.split("## Texts\n")[1].split("\n## ")[0]
    file = tmp_path / "c.yaml"

    file.write_text(SMALL + chapter.split("```yaml\n")[1].split("```")[0], encoding="utf-8")

    assert read_campaign(file, directory, SCHEMA).texts is not None
    assert re.findall(r"^\| `(\w+)` \|", chapter, re.MULTILINE) == list(parts["properties"])
    required = re.findall(r"^\| `(\w+)` .* must be there \|$", chapter, re.MULTILINE)
    assert required == parts["required"]


def test_all_problems_are_told_at_once_in_order_of_lines(tmp_path: Path, directory: Directory) -> None:
    text = (
        SMALL.replace("goal: 100", "goal: 0")
        .replace("status: live", "status: lively")
        .replace("ero-was]", "x]")
    )

    found = problems(text, tmp_path, directory)

    assert [line.split(":")[1] for line in found] == ["2", "13", "14"]


def test_an_empty_file_says_how_to_begin(tmp_path: Path, directory: Directory) -> None:
    assert problems("", tmp_path, directory) == [
        "c.yaml:1: The file is empty. Start from a copy of campaigns/families-28.yaml."
    ]


@pytest.mark.parametrize("text", ["- a\n- b\n", "hello\n", "28\n"])
def test_a_file_that_is_no_campaign_at_all_is_said_plainly(
    text: str, tmp_path: Path, directory: Directory
) -> None:
    assert problems(text, tmp_path, directory)[0].startswith(
        "c.yaml:1: The campaign needs its parts below it"
    )


def test_a_file_in_another_encoding_is_named_by_line(tmp_path: Path, directory: Directory) -> None:
    found = problems(SMALL.encode("latin-1"), tmp_path, directory)

    assert found == [
        "c.yaml:5: Here is a letter that isn’t UTF-8, so accents would be lost. Save the file as UTF-8."
    ]


def test_a_folder_is_not_a_file(tmp_path: Path, directory: Directory) -> None:
    with pytest.raises(FileRefused, match=r"This is a folder\. Name the file in it"):
        read_campaign(tmp_path, directory, SCHEMA)


def test_windows_editors_are_no_obstacle(campaign_file: Path, directory: Directory) -> None:
    expected = read_campaign(campaign_file, directory, SCHEMA)
    text = campaign_file.read_text(encoding="utf-8").replace("\n", "\r\n")

    campaign_file.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert read_campaign(campaign_file, directory, SCHEMA) == expected


def test_a_campaign_may_use_every_placeholder_our_own_words_use(
    campaign_file: Path, directory: Directory
) -> None:
    every = " ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
    changed(campaign_file, "spoken:\n", f'spoken:\n  connecting: {{en: "{every}", es: "{every}"}}\n')

    assert read_campaign(campaign_file, directory, SCHEMA).spoken[PromptId.CONNECTING].en == every


def test_the_page_for_organizers_names_every_prompt_and_placeholder() -> None:
    page = (ROOT / "campaigns" / "README.md").read_text(encoding="utf-8")

    assert [prompt.value for prompt in PromptId if f"`{prompt.value}`" not in page] == []
    assert set(re.findall(r"`\{(\w+)\}`", page)) == PLACEHOLDERS


def test_our_own_words_pass_the_checks_of_a_campaigns(campaign_file: Path, directory: Directory) -> None:
    ours = {name: words for name, words in PROMPTS.items() if name not in OF_NO_CAMPAIGN}
    own = "".join(f'  {name}:\n    en: "{words.en}"\n    es: "{words.es}"\n' for name, words in ours.items())
    text = campaign_file.read_text(encoding="utf-8")
    head, tail = text.split("spoken:\n")[0], text[text.index("recordings:") :]
    campaign_file.write_text(f"{head}spoken:\n{own}{tail}", encoding="utf-8")

    assert read_campaign(campaign_file, directory, SCHEMA).spoken == ours
