"""The catalogue as a CSV file: its columns, and what its cells say. Pure (spec CAT-1).

A row is a SKU. The first variant of a product is its lead: what is told of the whole product (`PRODUCT_COLUMNS`) stands
in the lead's row; the rows of other variants name the lead's SKU as `variant_of`. A column that the file does not have
stays as it is; an empty cell empties, but for `sku`, `name`, `currency` and `active`, which stay.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.kernel.money import plain
from domain.kernel.spreadsheet import guarded, unguarded
from domain.kernel.texts import text_problem

MAX_ROWS = 20_000
MAX_CELL = 60_000
PRODUCT_COLUMNS = ("product_name", "description", "unit", "group", "images")
NUMBERS = ("price", "vat_rate", "weight_kg", "length_cm", "width_cm", "height_cm")
COLUMNS = (
    *("sku", "name", "variant_of", "options", *PRODUCT_COLUMNS, "barcode", "price", "currency", "vat_rate"),
    *("weight_kg", "length_cm", "width_cm", "height_cm", "active"),
)
_WORDS = {"true": True, "1": True, "yes": True, "da": True, "false": False, "0": False, "no": False, "nu": False}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a cell: the line of the file (from 1, the header's), the column or None, a code, and what to
    do."""

    line: int
    column: str | None
    code: str
    message: str


@dataclass(slots=True)
class SheetRow:
    """The cells of a row that were given, by column; `sku` is always there."""

    line: int
    cells: dict[str, Any]

    @property
    def sku(self) -> str:
        sku: str = self.cells["sku"]
        return sku


@dataclass(slots=True)
class Sheet:
    rows: list[SheetRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


class _BadCell(Exception):  # noqa: N818 - says what is bad
    """The code and the words for a cell that cannot be read."""


def read_sheet(text: str) -> Sheet:
    """The rows that can be read, and what is wrong with the others. Comma, semicolon and tab are known as separators;
    with the latter two, numbers may have a decimal comma."""
    sheet = Sheet()
    text = text.removeprefix("\ufeff")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        sheet.problems = list(_header_problems(header))
        if not sheet.problems:
            _read_rows(sheet, reader, header, comma=separator != ",")
    except csv.Error as error:
        sheet.problems.append(RowProblem(reader.line_num, None, "NOT_CSV", f"This is no CSV from here on: {error}."))
    return sheet


def _header_problems(header: Sequence[str]) -> Iterator[RowProblem]:
    if "sku" not in header:
        yield RowProblem(1, "sku", "MISSING", "The first line names the columns, of which sku must be one.")
    for name in header:
        if name not in COLUMNS:
            yield RowProblem(1, name[:100], "UNKNOWN_FIELD", f"These columns are known: {', '.join(COLUMNS)}.")
    if len(set(header)) < len(header):
        yield RowProblem(1, None, "TWICE", "Name each column once.")


def _read_rows(sheet: Sheet, reader: Any, header: Sequence[str], *, comma: bool) -> None:
    seen: dict[str, int] = {}
    line = reader.line_num + 1
    for cells in reader:
        begins, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(sheet.rows) + len(sheet.problems) >= MAX_ROWS:
            sheet.problems.append(RowProblem(begins, None, "TOO_MANY", f"Send at most {MAX_ROWS} rows at a time."))
            return
        if len(cells) != len(header):
            text = f"This row has {len(cells)} cells, and the first has {len(header)}."
            sheet.problems.append(RowProblem(begins, None, "NOT_CSV", text))
            continue
        row = SheetRow(begins, {})
        wrong = list(_read_cells(row, dict(zip(header, cells, strict=True)), comma=comma))
        sku = row.cells.get("sku", "")
        if sku and sku in seen:
            wrong.append(RowProblem(begins, "sku", "TWICE", f"{sku} stands in line {seen[sku]} already."))
        seen.setdefault(sku, begins)
        sheet.problems.extend(wrong)
        if not wrong:
            sheet.rows.append(row)


def _read_cells(row: SheetRow, cells: Mapping[str, str], *, comma: bool) -> Iterator[RowProblem]:
    for column, cell in cells.items():
        if problem := text_problem(cell, MAX_CELL):
            yield RowProblem(row.line, column, "NOT_A_TEXT", problem)
            continue
        text = unguarded(cell.strip()).strip()
        try:
            row.cells[column] = _READ.get(column, _text)(
                text.replace(",", ".") if comma and column in NUMBERS else text
            )
        except _BadCell as bad:
            yield RowProblem(row.line, column, *bad.args)


def _text(text: str) -> str:
    return text


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _BadCell("NOT_A_NUMBER", f"{text[:50]} is no number: write it like 59.90.") from None


def _flag(text: str) -> bool | None:
    if not text:
        return None
    if text.lower() not in _WORDS:
        raise _BadCell("NOT_A_WORD", "Write true or false.")
    return _WORDS[text.lower()]


def _options(text: str) -> list[tuple[str, str]]:
    """`Colour=Red; Size=M` as pairs."""
    pairs = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, sign, value = part.partition("=")
        if not (sign and name.strip() and value.strip()):
            raise _BadCell("NOT_A_TEXT", "Write options like Colour=Red; Size=M.")
        pairs.append((name.strip(), value.strip()))
    return pairs


_READ: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(NUMBERS, _number),
    "active": _flag,
    "options": _options,
    "images": str.split,
}


def written(rows: Iterator[Mapping[str, Any]], *, header: bool) -> str:
    """Lines of the file, of rows by column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(COLUMNS)
    writer.writerows([guarded(_cell(column, row[column])) for column in COLUMNS] for row in rows)
    return out.getvalue()


def _cell(column: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return plain(value)
        case list():
            return " ".join(value) if column == "images" else "; ".join(f"{name}={word}" for name, word in value)
        case _:
            return str(value)
