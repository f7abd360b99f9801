"""`make package`: the template and the zip, as they are deployed.

Promises build/cfn.json (plain CloudFormation) and build/deployment.zip, the same bytes for the same sources,
or an exit status of 1 with what is wrong: both forms of the template are linted, because each hides faults
that the other shows. Runs under the very Python that is deployed.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from dev import fragments
from dev.bytecode import BytecodeError, compile_imported
from dev.expand import ExpandError, expand
from dev.left_out import LeftOutError, leave_out

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
STAGE = os.environ.get("STAGE", "prod")
MOST_ZIP_BYTES = 12_000_000
# Zip's earliest date: a real one would make every build, and so every deployment, look new.
NO_DATE = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


class PackageError(Exception):
    """Packaging failed; the message says where."""


def package() -> None:
    """Build, lint and report.

    Raises PackageError, FragmentError, ExpandError, LeftOutError or BytecodeError on the first fault.
    """
    BUILD.mkdir(exist_ok=True)
    merge = BUILD / "infra.json"
    merge.write_text(json.dumps(fragments.read(), indent=1))
    _run("chalice", "package", "--stage", STAGE, "--merge-template", str(merge), str(BUILD))
    sam, cfn = BUILD / "sam.json", BUILD / "cfn.json"
    cfn.write_text(json.dumps(expand(json.loads(sam.read_text())), indent=1, sort_keys=True))
    for form in (sam, cfn):
        _run("cfn-lint", "--non-zero-exit-code", "informational", str(form))
    print(f"template  {cfn.relative_to(ROOT)}, cfn-lint clean, as is build/sam.json")
    _report(*_pack(BUILD / "deployment.zip"))


def _pack(archive: Path) -> tuple[int, int, int]:
    """Zip anew with bytecode, sorted names and no dates.

    Return how many files are left out, how many modules are compiled, and how many there are.
    """
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder)
        with zipfile.ZipFile(archive) as chalices:
            chalices.extractall(unpacked)
        left_out = leave_out(unpacked)
        compiled, modules = compile_imported(unpacked)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as ours:
            for path in sorted(unpacked.rglob("*")):
                if path.is_file():
                    _add(ours, path.relative_to(unpacked).as_posix(), path.read_bytes())
    return left_out, compiled, modules


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, NO_DATE)
    entry.external_attr = READABLE
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def _report(left_out: int, compiled: int, modules: int) -> None:
    content = (BUILD / "deployment.zip").read_bytes()
    print(f"zip       build/deployment.zip, {len(content) / 1e6:.2f} MB of {MOST_ZIP_BYTES / 1e6:.0f} MB")
    print(f"left out  {left_out} files that are never imported (dev/left_out.py)")
    print(f"bytecode  {compiled} of {modules} modules, for Python {platform.python_version()}")
    print(f"sha256    {hashlib.sha256(content).hexdigest()}")
    if len(content) > MOST_ZIP_BYTES:
        raise PackageError("The zip is larger than its budget.")


def _run(program: str, *arguments: str) -> None:
    """Run a tool of this venv, quietly unless it fails."""
    tool = Path(sys.executable).parent / program
    ran = subprocess.run(  # noqa: S603 - a tool of our own venv
        [tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise PackageError(f"{program} says (exit {ran.returncode}):\n{ran.stdout}{ran.stderr}")


if __name__ == "__main__":
    # Chalice and SAM want a region; the template is the same for every one.
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    try:
        package()
    except (PackageError, ExpandError, LeftOutError, BytecodeError, fragments.FragmentError) as error:
        sys.exit(f"make package: {error}")
