"""Where a ZIP code is, from the `zipcodes` package: 42,789 of them in its compiled module, no network.

Promises: nothing is loaded until the first question, which takes about 270 ms; the others take 0.3 ms.
"""

from chalicelib.domain.areas import Place, five_digits

CORRECTED = {"Napakiak": "America/Anchorage"}
"""zipcodes 3.0.0 names the town as the time zone of Napakiak, Alaska (99634)."""


def place_of(text: str) -> Place | None:
    """Return the place of a ZIP code, or None when these aren't five digits or no place has them."""
    import zipcodes  # noqa: PLC0415 - loaded by the first question, so that a cold start goes without it

    digits = five_digits(text)
    found = zipcodes.matching(digits) if digits else []  # type: ignore[no-untyped-call]  # typed beneath only
    if not found:
        return None
    row = found[0]
    zone = CORRECTED.get(row["timezone"], row["timezone"])
    return Place(
        zip=row["zip_code"],
        state=row["state"],
        county=row["county"] or None,
        zone=zone or None,
        is_military=row["zip_code_type"] == "MILITARY",
    )
