"""The tables of a guide, as rows of cells."""

import re
from collections.abc import Iterator

from .markdown import text_of, without_blocks

Row = list[str]


def table(guide: str, first_heading: str, *, after: str = "") -> list[Row]:
    """The rows of the table whose first column is headed so, behind the heading `after`; without its header.

    Raises `LookupError` where there is none.
    """
    text = without_blocks(text_of(guide))
    start = text.index(f" {after}\n") if after else 0
    lines = iter(text[start:].splitlines())
    for line in lines:
        if line.startswith("|") and _cells(line)[0] == first_heading:
            next(lines)
            return list(_rows(lines))
    raise LookupError(f"{guide} has no table headed {first_heading!r} behind {after!r}")


def _rows(lines: Iterator[str]) -> Iterator[Row]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield _cells(line)


def _cells(line: str) -> Row:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def code_words(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)
