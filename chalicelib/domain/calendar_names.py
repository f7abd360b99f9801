"""Names of days and months in both languages, as pages write them and voices say them."""

from chalicelib.domain.words import Language

DAYS: dict[Language, tuple[str, ...]] = {
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    Language.ES: ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
"""From Monday, as `date.weekday()` counts."""
MONTHS: dict[Language, tuple[str, ...]] = {
    Language.EN: (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    Language.ES: (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
}  # fmt: skip
"""From January, which is 0 here."""
