"""Texts in files that people open in spreadsheets.

A cell that begins with =, +, -, @, a tab or a carriage return would be run there as a formula. Such a cell gets an
apostrophe in front on its way out, and loses it on its way in, so that what comes back is what went out.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """What `guarded` was given; a cell that was never guarded is as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
