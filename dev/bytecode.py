"""Bytecode for the zip: of the modules our functions import, and of no others.

Lambda's code folder is read-only, so what comes without bytecode is compiled again at every cold start.
Bytecode for all of it would double the zip, because the twilio package alone brings a thousand modules we
never import. So the functions' imports are made once, here, and what they loaded is compiled.
"""

import ast
import compileall
import subprocess
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

from dev.imports import imported

# Libraries that load a part of themselves at its first use, and that use.
FIRST_USE = {
    "twilio": "import twilio.rest; twilio.rest.Client('AC', '-').calls.create",
    "holidays": "import holidays; holidays.country_holidays('US', years=2026)",
}
# Not in the zip, because Lambda has them.
RUNTIME_S_OWN = ("boto3", "botocore", "s3transfer")

# Run in a fresh interpreter that sees the unpacked zip before anything else. What is imported from a module
# may be a module itself or a name in it. A library compiled for Lambda's processor may not load on this one.
LOAD = """
import importlib, sys
folder, first_use, *names = sys.argv[1:]
at_start = set(sys.modules)
sys.path.insert(0, folder)
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        importlib.import_module(name.rpartition(".")[0])
    except ImportError as error:
        if not (error.path or "").startswith(folder) or not error.path.endswith(".so"):
            raise
exec(first_use)
for name in sorted(set(sys.modules) - at_start):
    print(name, getattr(sys.modules[name], "__file__", None) or "", sep="\\t")
"""


class BytecodeError(Exception):
    """The zip's own code can't be imported or compiled; the message says which."""


def compile_imported(folder: Path) -> tuple[int, int]:
    """Write unchecked-hash .pyc files beside what our code imports; return (compiled, all modules).

    Raises BytecodeError when our code doesn't run with what is in the zip.
    """
    loaded = _loaded(folder, sorted(_named(folder)))
    for path in loaded:
        if not compileall.compile_file(
            path,
            ddir=str(Path("/var/task") / path.parent.relative_to(folder)),
            quiet=1,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        ):
            raise BytecodeError(f"{path.name} can't be compiled")
    return len(loaded), sum(1 for _ in folder.rglob("*.py"))


def _named(folder: Path) -> set[str]:
    """Every module of ours, and every module one of ours imports, at the top or inside a function."""
    own = [folder / "app.py", *(folder / "chalicelib").rglob("*.py")]
    names = {_module(path.relative_to(folder)) for path in own}
    for path in own:
        names |= set(imported(ast.parse(path.read_text(encoding="utf-8"))))
    return names


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _loaded(folder: Path, names: list[str]) -> list[Path]:
    """Return the Python files of the folder that our code loads, and none but the folder's and the runtime's."""
    first_use = "\n".join(use for library, use in FIRST_USE.items() if (folder / library).is_dir())
    ran = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", LOAD, str(folder), first_use, *names],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise BytecodeError(f"The zip's own modules can't be imported:\n{ran.stderr}")
    loaded = [line.split("\t") for line in ran.stdout.splitlines()]
    _require_none_from_here(loaded)
    files = {Path(file) for _, file in loaded if file.endswith(".py")}
    return sorted(file for file in files if file.is_relative_to(folder))


def _require_none_from_here(loaded: list[list[str]]) -> None:
    """Raise BytecodeError for a library found beside this interpreter: Lambda wouldn't find it."""
    here = {name.split(".")[0] for name, file in loaded if "site-packages" in file}
    missing = sorted(here.difference(RUNTIME_S_OWN))
    if missing:
        raise BytecodeError(f"Not in the zip, and imported: {', '.join(missing)}")
