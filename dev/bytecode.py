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

# Twilio's client loads each part of its API at first use.
FIRST_USE = "twilio.rest.Client('AC', '-').calls.create"

# Run in a fresh interpreter that sees the unpacked zip before anything else. What is imported from a module
# may be a module itself or a name in it.
LOAD = """
import importlib, sys
folder, *names = sys.argv[1:]
sys.path.insert(0, folder)
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        importlib.import_module(name.rpartition(".")[0])
import twilio.rest
{first_use}
for module in list(sys.modules.values()):
    path = getattr(module, "__file__", None) or ""
    if path.startswith(folder) and path.endswith(".py"):
        print(path)
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
    ran = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", LOAD.format(first_use=FIRST_USE), str(folder), *names],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise BytecodeError(f"The zip's own modules can't be imported:\n{ran.stderr}")
    return [Path(line) for line in sorted(ran.stdout.splitlines())]
