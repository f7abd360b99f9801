"""How a phone number is written for people."""


def national(number: str) -> str:
    """(404) 555-0123 for +14045550123; other countries as they are."""
    if number.startswith("+1") and len(number) == len("+14045550123"):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number
