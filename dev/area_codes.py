"""chalicelib/adapters/area_code_zones.json, made again: every zone an area code may be in.

Run by hand, with `python -m dev.area_codes`, whenever the pin of `phonenumberslite` moves. The zones are in the full
`phonenumbers` of the same version, which has the same module name as the lite edition: it gets a venv that is gone
afterwards. An area code's zones are those of all its exchanges, united; its default alone is wrong for some (423 in
Tennessee, 850 in Florida).
"""

import json
import subprocess
import tempfile
import venv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from phonenumbers import __version__ as VERSION  # noqa: N812 - a constant, by any name

TABLE = Path(__file__).resolve().parent.parent / "chalicelib" / "adapters" / "area_code_zones.json"
CORRECTED = {"684": ("Pacific/Pago_Pago",)}
"""phonenumbers knows no zone of American Samoa's own, and names all 42 of North America."""
ASK = """
import json
from phonenumbers import PhoneNumber, is_valid_number, region_code_for_number
from phonenumbers.timezone import time_zones_for_number
OURS = {"US", "AS", "GU", "MP", "PR", "VI"}
def zones(code):
    found = set()
    for exchange in range(200, 1000):
        number = PhoneNumber(country_code=1, national_number=int(f"{code}{exchange}5000"))
        if is_valid_number(number) and region_code_for_number(number) in OURS:
            found |= set(time_zones_for_number(number))
    return sorted(found)
print(json.dumps({code: found for code in range(200, 1000) if (found := zones(code))}))
"""


def main() -> None:
    """Write the table, and say what is in it."""
    by_code = asked() | CORRECTED
    TABLE.write_text(written(by_code), encoding="utf-8")
    print(f"{len(by_code)} area codes in {TABLE}")


def asked() -> dict[str, Sequence[str]]:
    """Return area code → zones, by the full library in a venv of its own."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", f"phonenumbers=={VERSION}"]
        subprocess.run(install, check=True)  # noqa: S603 - both commands are made of constants
        told = subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True)  # noqa: S603
    by_code: dict[str, Sequence[str]] = json.loads(told.stdout)
    return by_code


def written(by_code: Mapping[str, Sequence[str]]) -> str:
    """Return the table as text: a row for each set of zones, the fewest zones first."""
    codes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for code, zones in sorted(by_code.items()):
        codes[tuple(zones)].append(code)
    ordered = sorted(codes.items(), key=lambda row: (len(row[0]), row[0]))
    rows = [f"  {json.dumps({'zones': zones, 'area_codes': each})}" for zones, each in ordered]
    return f'{{"made_from": "phonenumbers {VERSION}", "rows": [\n' + ",\n".join(rows) + "\n]}\n"


if __name__ == "__main__":
    main()
