"""The template as it is deployed: Chalice's own command on our own code, then SAM's expansion."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dev import fragments
from dev.expand import expand

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The expanded template. The zip is left without its libraries: they are not what is tested here."""
    project = tmp_path_factory.mktemp("packaged")
    shutil.copy(ROOT / "app.py", project)
    shutil.copytree(ROOT / "chalicelib", project / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    (project / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", project / ".chalice")
    (project / "requirements.txt").touch()
    (project / "infra.json").write_text(json.dumps(fragments.read()))
    package(project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return expand(json.loads((project / "build" / "sam.json").read_text()))


def package(project: Path) -> None:
    """Run `chalice package` in the project, as `make package` does."""
    chalice = str(Path(sys.executable).parent / "chalice")
    ran = subprocess.run(
        [chalice, "package", "--stage", "prod", "--merge-template", "infra.json", "build"],
        cwd=project,
        env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
