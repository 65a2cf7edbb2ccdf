"""GTINs, the numbers under bar codes: 8, 12, 13 or 14 digits, of which the last proves the others (GS1)."""

LENGTHS = (8, 12, 13, 14)


def gtin_problem(text: str) -> str | None:
    """Why this is no GTIN, or None."""
    if not (text.isascii() and text.isdigit()) or len(text) not in LENGTHS:
        return "A barcode has 8, 12, 13 or 14 digits."
    if int(text[-1]) != check_digit(text[:-1]):
        return f"The last digit of {text} does not fit the others: one was mistyped."
    return None


def check_digit(digits: str) -> int:
    """The digit that follows these: from the right, they count three times and once in turn."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10
