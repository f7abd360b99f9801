"""Bytecode goes into the zip for what our code imports when it runs, and for nothing else."""

import ast
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from dev.bytecode import BytecodeError, compile_imported
from dev.imports import imported


def written(folder: Path, **files: str) -> Path:
    (folder / "chalicelib").mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def compiled(folder: Path) -> set[str]:
    return {path.name.split(".")[0] for path in folder.rglob("*.pyc")}


def test_what_is_imported_inside_a_function_gets_bytecode_and_the_rest_gets_none(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        app="import near\ndef f():\n    from far import name\n",
        near="",
        far="name = 1",
        never="",
    )

    counted = compile_imported(folder)

    assert compiled(folder) == {"app", "near", "far"}
    assert counted == (3, 4)


def test_bytecode_is_never_compared_with_its_source(tmp_path: Path) -> None:
    folder = written(tmp_path, app="")

    compile_imported(folder)

    (bytecode,) = folder.rglob("*.pyc")
    assert bytecode.name == f"app.{sys.implementation.cache_tag}.pyc"
    assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == 0b01, "hash-based, unchecked"


def test_a_module_that_is_missing_from_the_zip_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path, app="def f():\n    import not_in_the_zip\n")

    with pytest.raises(BytecodeError, match="not_in_the_zip"):
        compile_imported(folder)


def test_what_only_a_type_checker_sees_is_not_imported() -> None:
    tree = ast.parse(
        "import a\nfrom b import c\nif TYPE_CHECKING:\n    import d\ndef f():\n    from . import e\n"
    )

    assert imported(tree) == ("a", "b.c", ".")


def test_a_library_that_only_this_machine_has_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path, app="def f():\n    import requests\n")

    with pytest.raises(BytecodeError, match=r"Not in the zip, and imported: .*\brequests\b"):
        compile_imported(folder)


def test_what_the_runtime_brings_need_not_be_in_the_zip(tmp_path: Path) -> None:
    folder = written(tmp_path, app="import botocore\n")

    assert compile_imported(folder) == (1, 1)


def test_a_library_for_another_processor_is_passed_over(tmp_path: Path) -> None:
    suffix = EXTENSION_SUFFIXES[0]
    folder = written(tmp_path, app="def f():\n    import foreign\n")
    (folder / f"foreign{suffix}").write_bytes(b"not for this machine")

    assert compile_imported(folder) == (1, 1)


def test_a_library_s_own_failure_is_not_passed_over(tmp_path: Path) -> None:
    folder = written(tmp_path, app="import broken\n", broken="raise ImportError('on purpose')\n")

    with pytest.raises(BytecodeError, match="on purpose"):
        compile_imported(folder)
