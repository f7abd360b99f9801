"""The shape of the code, held: who may import whom, what may stand where, and what nothing is called.

Each rule is a function from one file to its complaints, and is shown a file that breaks it, so that no rule
can pass by seeing nothing.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from dev.imports import imported

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("chalicelib", "cli", "dev", "benchmarks", "tests")
MOST_LINES = 400
MOST_LINES_OF_APP = 60

# From the inside out. A module imports its own ring and the rings within it.
RINGS = (
    ("chalicelib.domain",),
    ("chalicelib.config", "chalicelib.observability"),
    ("chalicelib.adapters",),
    ("chalicelib.runtime",),
    ("chalicelib.views",),
    ("app", "cli"),
    ("dev",),
    ("tests", "benchmarks"),
)
DATA_LIBRARIES = {"phonenumbers", "num2words", "holidays", "idna"}
IMPURE = {
    "asyncio", "fcntl", "getpass", "http", "io", "logging", "multiprocessing", "os", "pathlib", "platform",
    "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
KEYS = ("chalicelib.adapters.keys", "chalicelib.adapters.staff_keys")
CLOCKS = {"now", "utcnow", "today"}
ITEM_KEY = re.compile(r"[A-Z]{3,}#")
MACHINE_PATH = re.compile(r"/(?:Users|root|work|mnt)/\w|[A-Z]:\\Users")
DRAWERS = {"base", "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "handlers"}
DOERS = {"Manager", "Helper", "Helpers", "Util", "Utils", "Processor", "Handler", "Base", "Info", "Data"}
EMPTY_NAMES = {"data", "info", "obj", "params"}


@dataclass(frozen=True)
class Source:
    """One Python file, by its path from the root, and what it says."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def within(self, *modules: str) -> bool:
        return any(self.module == module or self.module.startswith(f"{module}.") for module in modules)

    @cached_property
    def imports(self) -> tuple[str, ...]:
        return imported(self.tree)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


Rule = Callable[[Source], list[str]]


def ring(module: str) -> int:
    """How far out a module lies; -1 for modules that are not ours."""
    for depth, names in enumerate(RINGS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return depth
    return -1


def imports_run_inwards(source: Source) -> list[str]:
    own = ring(source.module)
    if own < 0:
        return []
    return [name for name in source.imports if name == "." or ring(name) > own]


def the_domain_is_pure(source: Source) -> list[str]:
    if not source.within("chalicelib.domain"):
        return []
    known = sys.stdlib_module_names | DATA_LIBRARIES | {"chalicelib"}
    tops = {name.split(".")[0] for name in source.imports}
    clocks = [call for call, _ in source.calls() if call.split(".")[-1] in CLOCKS]
    return sorted(tops & IMPURE) + sorted(tops - known) + clocks


def aws_and_twilio_are_met_in_adapters(source: Source) -> list[str]:
    if not source.within("chalicelib", "app") or source.within("chalicelib.adapters"):
        return []
    return [name for name in source.imports if name.split(".")[0] in {"boto3", "botocore", "twilio"}]


def chalice_is_met_in_views(source: Source) -> list[str]:
    if not source.within("chalicelib", "cli") or source.within("chalicelib.views"):
        return []
    return [name for name in source.imports if name.split(".")[0] == "chalice"]


def the_environment_is_read_in_config(source: Source) -> list[str]:
    if not source.within("chalicelib", "app") or source.within("chalicelib.config"):
        return []
    return [name for name in source.imports if name in {"os", "os.environ", "os.getenv"}]


def status_codes_are_chosen_in_views(source: Source) -> list[str]:
    if not source.within("chalicelib") or source.within("chalicelib.views"):
        return []
    return [
        f"status_code in line {node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg == "status_code"
    ]


def keys_are_spelled_in_keys(source: Source) -> list[str]:
    if not source.within("chalicelib", "cli", "app") or source.within(*KEYS):
        return []
    return [
        node.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ITEM_KEY.match(node.value)
    ]


def no_file_is_a_drawer(source: Source) -> list[str]:
    parts = set(source.module.split("."))
    return sorted(parts & DRAWERS)


def no_class_is_a_doer(source: Source) -> list[str]:
    """A class of Lambda or of http.server's own kind is called as they call it; ours are not."""
    classes = [node.name for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    return [name for name in classes if set(re.findall(r"[A-Z][a-z]+", name)) & DOERS]


def no_name_is_empty(source: Source) -> list[str]:
    if not source.within("chalicelib", "cli", "app"):
        return []
    names = [node.arg for node in ast.walk(source.tree) if isinstance(node, ast.arg)]
    names += [
        node.id
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return sorted(set(names) & EMPTY_NAMES)


def files_can_be_read_in_one_sitting(source: Source) -> list[str]:
    lines = source.text.count("\n")
    most = MOST_LINES_OF_APP if source.path == "app.py" else MOST_LINES
    return [f"{lines} lines, {most} at most"] if lines > most else []


def modules_say_what_they_promise(source: Source) -> list[str]:
    if not source.within("chalicelib", "cli", "dev", "app") or not source.text.strip():
        return []
    return [] if ast.get_docstring(source.tree) else ["no module docstring"]


def our_own_functions_are_not_mocked(source: Source) -> list[str]:
    return [name for name in source.imports if name.startswith(("unittest.mock", "mock.", "pytest_mock"))]


def no_file_knows_the_machine_it_was_written_on(source: Source) -> list[str]:
    if source.module == "tests.test_architecture":
        return []
    here = [place for place in (f"{ROOT}/", f"{Path.home()}/") if place in source.text]
    return MACHINE_PATH.findall(source.text) + here


BROKEN: dict[Rule, Source] = {
    imports_run_inwards: Source("chalicelib/adapters/x.py", "from chalicelib.views import pages"),
    the_domain_is_pure: Source("chalicelib/domain/x.py", "import os"),
    aws_and_twilio_are_met_in_adapters: Source("chalicelib/views/x.py", "def f():\n    import boto3"),
    chalice_is_met_in_views: Source("chalicelib/adapters/x.py", "from chalice import Response"),
    the_environment_is_read_in_config: Source("chalicelib/adapters/x.py", "from os import environ"),
    status_codes_are_chosen_in_views: Source("chalicelib/adapters/x.py", "Response(status_code=404)"),
    keys_are_spelled_in_keys: Source("chalicelib/adapters/x.py", "pk = f'CALL#{call_id}'"),
    no_file_is_a_drawer: Source("chalicelib/adapters/utils.py", ""),
    no_class_is_a_doer: Source("dev/x.py", "class CallManager: ..."),
    no_name_is_empty: Source("chalicelib/views/x.py", "def f(data): ..."),
    files_can_be_read_in_one_sitting: Source("dev/x.py", "\n" * 401),
    modules_say_what_they_promise: Source("dev/x.py", "x = 1"),
    our_own_functions_are_not_mocked: Source("tests/x.py", "from unittest.mock import patch"),
    no_file_knows_the_machine_it_was_written_on: Source("dev/x.py", f"CACHE = '{ROOT}/build'"),
}
MORE_BROKEN = [
    (imports_run_inwards, Source("chalicelib/domain/x.py", "from chalicelib.adapters import store")),
    (imports_run_inwards, Source("chalicelib/domain/x.py", "from chalicelib import config")),
    (imports_run_inwards, Source("chalicelib/views/x.py", "from dev import aws")),
    (imports_run_inwards, Source("chalicelib/views/x.py", "from . import pages")),
    (the_domain_is_pure, Source("chalicelib/domain/x.py", "from datetime import datetime\ndatetime.now()")),
    (the_domain_is_pure, Source("chalicelib/domain/x.py", "import requests")),
    (files_can_be_read_in_one_sitting, Source("app.py", "\n" * 61)),
]


def sources() -> list[Source]:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    app = [path for path in [ROOT / "app.py"] if path.exists()]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text()) for path in sorted(app + paths)]


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_everywhere(rule: Rule) -> None:
    complaints = {source.path: rule(source) for source in sources()}

    assert {path: found for path, found in complaints.items() if found} == {}


@pytest.mark.parametrize(
    ("rule", "source"), [*BROKEN.items(), *MORE_BROKEN], ids=lambda part: getattr(part, "__name__", "")
)
def test_each_rule_notices_a_file_that_breaks_it(rule: Rule, source: Source) -> None:
    assert rule(source) != []


def test_importing_a_module_does_nothing() -> None:
    """In an empty environment, where reading a setting or making a client would fail."""
    modules = [source.module for source in sources() if source.within("app", "chalicelib")]
    script = f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"

    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
