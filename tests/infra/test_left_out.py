"""What is left out of the zip is missed by nobody: the real libraries, pruned, still answer.

Lambda is played by an interpreter without site-packages: it sees a folder like the zip, beside it what the
runtime brings, and no time zones but those of the zip.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.hours import holiday_on
from dev import aws, environment
from dev.left_out import LeftOut, LeftOutError, leave_out
from tests.conftest import Figure

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ("boto3", "botocore", "s3transfer", "chalice")  # Chalice puts itself into the zip
HEALTH = {
    "httpMethod": "GET",
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "identity": {}},
    "headers": {},
    "multiValueHeaders": {},
    "pathParameters": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "stageVariables": {},
    "body": None,
    "isBase64Encoded": False,
}
# No page asks about hours, ZIP codes or proofs of work before somebody does.
LATE = ("aiohttp", "altcha", "holidays", "twilio.rest", "zipcodes")


def required(name: str) -> Iterator[metadata.Distribution]:
    """A distribution of this venv with all it requires, but for extras and what isn't here."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    yield distribution
    for requirement in distribution.requires or []:
        if "extra ==" not in requirement:
            yield from required(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def zipped() -> set[Path]:
    """Folders and files of site-packages that requirements.txt brings."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = [line.split("==")[0] for line in lines if line and not line.startswith("#")]
    files = [
        (distribution, file)
        for name in names
        for distribution in required(name)
        for file in distribution.files or ()
        if file.parts[0] not in {"..", "__pycache__"}
    ]
    return {Path(str(distribution.locate_file(file.parts[0]))) for distribution, file in files}


@pytest.fixture(scope="module")
def lambda_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `task`, like the zip after leaving out, and `runtime`, what Lambda brings."""
    place = tmp_path_factory.mktemp("lambda")
    task, runtime = place / "task", place / "runtime"
    runtime.mkdir()
    for path in (ROOT / "chalicelib", *zipped()):
        _copy(path, task / path.name)
    _copy(ROOT / "app.py", task / "app.py")
    for name in RUNTIME:
        (runtime / name).symlink_to(Path(str(metadata.distribution(name).locate_file(name))))
    leave_out(task)
    return place


def _copy(path: Path, to: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        to.parent.mkdir(exist_ok=True)
        shutil.copy(path, to)


def run(place: Path, code: str) -> Any:
    """Run code as Lambda would and return the JSON it prints last."""
    settings = environment.build(
        app_url="http://127.0.0.1:8000",
        phone_url="http://127.0.0.1:4010",
        mail_url="http://127.0.0.1:4020",
        aws=aws.Furniture(
            "patchthrough-local",
            {name: f"http://127.0.0.1:4566/000000000000/{name}" for name in aws.QUEUES},
            "patchthrough/local",
        ).environment("http://127.0.0.1:4566"),
    )
    paths = f"import sys; sys.path[:0] = [{str(place / 'task')!r}, {str(place / 'runtime')!r}]; import json\n"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", paths + code],
        cwd=place,
        env=settings | {"PYTHONTZPATH": "", "AWS_DEFAULT_REGION": aws.REGION},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout.splitlines()[-1])


def test_the_app_answers_without_what_is_left_out(lambda_: Path) -> None:
    answer = run(lambda_, f"import app; print(json.dumps(app.app(json.loads({json.dumps(HEALTH)!r}), None)))")

    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "ok"})


def test_a_cold_start_loads_none_of_what_is_asked_for_late(lambda_: Path, figure: Figure) -> None:
    start = "import app; from chalicelib.runtime import runtime; runtime()\n"

    loaded = run(lambda_, start + "print(json.dumps(sorted(sys.modules)))")

    assert set(loaded).isdisjoint(LATE)
    figure(f"cold start: {len(loaded)} modules, none of {', '.join(LATE)}")


def test_hours_are_the_same_without_other_countries_and_the_machine_s_time_zones(lambda_: Path) -> None:
    holidays = run(
        lambda_,
        """
from datetime import date, timedelta
from chalicelib.domain.hours import holiday_on
days = [date(2026, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1)]
print(json.dumps({day.isoformat(): holiday_on(day) for day in days if holiday_on(day)}))
""",
    )
    opens = run(
        lambda_,
        """
from datetime import UTC, datetime
from chalicelib.domain.hours import opening
from chalicelib.domain.office import Office
from chalicelib.domain.words import Words
office = Office("ero-pho", Words("", ""), Words("", ""), "America/Phoenix", "", ())
print(json.dumps(str(opening(office, datetime(2026, 7, 3, tzinfo=UTC)))))
""",
    )

    here = {
        day.isoformat(): holiday_on(day)
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1))
    }
    assert holidays == {day: name for day, name in here.items() if name}
    assert opens == "2026-07-06 16:00:00+00:00"


def test_twilio_s_client_zip_codes_and_proofs_of_work_load(lambda_: Path) -> None:
    found = run(
        lambda_,
        """
import altcha, twilio.rest, zipcodes
client = twilio.rest.Client("AC", "-")
can = callable(client.calls.create) and callable(client.messages.create) and callable(client.messages.stream)
print(json.dumps([zipcodes.matching("30303")[0]["state"], can, callable(altcha.create_challenge)]))
""",
    )

    assert found == ["GA", True, True]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An unpacked zip: our app, and a library with a part that is wanted and one that isn't."""
    for path, text in {
        "app.py": "import library.wanted",
        "library/__init__.py": "",
        "library/wanted.py": "",
        "library/unwanted.py": "",
        "library/eager.py": "",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


UNWANTED = LeftOut("nobody wants it", ("library/*wanted.py",), kept=("library/wanted.py",))


def test_what_matches_goes_and_what_is_kept_stays(folder: Path) -> None:
    assert leave_out(folder, (UNWANTED,)) == 1
    assert sorted(path.name for path in (folder / "library").iterdir()) == [
        "__init__.py",
        "eager.py",
        "wanted.py",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import library.unwanted",
        "import os, library.unwanted",
        "from library import unwanted",
        "from library.unwanted import name",
        "def f():\n    import library.unwanted as late",
    ],
)
def test_a_file_that_stays_and_imports_what_is_gone_is_named(folder: Path, text: str) -> None:
    (folder / "library" / "eager.py").write_text(text)

    with pytest.raises(LeftOutError, match=r"library/eager\.py"):
        leave_out(folder, (UNWANTED,))


@pytest.mark.parametrize("text", ["import library.wanted", "if TYPE_CHECKING:\n    import library.unwanted"])
def test_a_file_that_never_imports_what_is_gone_is_none_of_them(folder: Path, text: str) -> None:
    (folder / "library" / "eager.py").write_text(text)

    assert leave_out(folder, (UNWANTED,)) == 1


def test_a_file_that_is_itself_never_imported_may_import_it(folder: Path) -> None:
    (folder / "library" / "eager.py").write_text("import library.unwanted")
    excused = LeftOut(UNWANTED.why, UNWANTED.paths, UNWANTED.kept, only_for=("library/eager.py",))

    assert leave_out(folder, (excused,)) == 1


def test_a_line_that_finds_nothing_is_named(folder: Path) -> None:
    with pytest.raises(LeftOutError, match=r"There is no gone\.py"):
        leave_out(folder, (LeftOut("was a library", ("gone.py",)),))
