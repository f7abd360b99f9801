"""Fragments are read as one template, and a mistake in one is said with its file and line."""

from pathlib import Path

import pytest

from dev import fragments


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_short_tags_become_what_cloudformation_reads(tmp_path: Path) -> None:
    folder = write(
        tmp_path, a="Resources: {A: {P: !GetAtt B.Arn.X, Q: !Ref C, R: !Sub 'x${D}', S: !If [E, {f: 1}, 2]}}"
    )

    assert fragments.read(folder)["Resources"]["A"] == {
        "P": {"Fn::GetAtt": ["B", "Arn.X"]},
        "Q": {"Ref": "C"},
        "R": {"Fn::Sub": "x${D}"},
        "S": {"Fn::If": ["E", {"f": 1}, 2]},
    }


def test_anchors_are_resolved_and_may_be_widened(tmp_path: Path) -> None:
    folder = write(tmp_path, a="Resources: {A: &a {x: 1, y: 2}, B: {<<: *a, y: 3}}")

    assert fragments.read(folder)["Resources"]["B"] == {"x": 1, "y": 3}


def test_two_fragments_are_one_template(tmp_path: Path) -> None:
    folder = write(tmp_path, a="Resources: {A: {}}", b="Resources: {B: {}}\nOutputs: {O: {}}")

    assert fragments.read(folder) == {"Resources": {"A": {}, "B": {}}, "Outputs": {"O": {}}}


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            {"a": "Resources: {A: {}}", "b": "Resources: {A: {}}"},
            r"b\.yaml: A is defined in another fragment",
        ),
        ({"a": "Resources:\n  A: {}\n  A: {}\n"}, r"a\.yaml: A stands twice.*line 2"),
        ({"a": "Resources: ["}, r"a\.yaml: .*line 1"),
        ({"a": "- A"}, r"a\.yaml: a fragment is a mapping"),
    ],
)
def test_a_broken_fragment_is_named(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    folder = write(tmp_path, **files)

    with pytest.raises(fragments.FragmentError, match=f"(?s){sentence}"):
        fragments.read(folder)
