"""The prices of a list as a CSV file: columns sku, unit_price and, where there are breaks, min_quantity."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.spreadsheet import unguarded

from .items import MAX_SHOWN, ItemsSet, Price, SetItems, set_price_list_items

COLUMNS = ("sku", "unit_price", "min_quantity")
_COLUMN_OF = {"sku": "sku", "unitPrice": "unit_price", "minQuantity": "min_quantity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPrices:
    """A file of prices for a list by its slug; an empty unit_price takes the price out of the list."""

    slug: str
    csv: str
    replace: bool = False
    expected_version: int | None = None


async def import_prices(session: AsyncSession, actor: Actor, command: ImportPrices) -> ItemsSet:
    """As `set_price_list_items`; the path of a problem is `csv`, the line (the header's is 1), the column."""
    lines, prices = _read(command.csv)
    try:
        given = SetItems(
            slug=command.slug, items=prices, replace=command.replace, expected_version=command.expected_version
        )
        return await set_price_list_items(session, actor, given)
    except Invalid as refusal:
        raise Invalid([_in_file(problem, lines) for problem in refusal.problems]) from refusal


def _in_file(problem: Problem, lines: Sequence[int]) -> Problem:
    match problem.path:
        case ("items", place, *rest):
            columns = (_COLUMN_OF[name] for name in rest)
            return Problem(("csv", str(lines[int(place)]), *columns), problem.code, problem.message)
        case ("items",):
            return Problem(("csv",), problem.code, problem.message)
        case _:
            return problem


def _read(text: str) -> tuple[list[int], list[Price]]:
    """The line of each price, and the prices. Raises Invalid for what cannot be read."""
    text = text.removeprefix("\ufeff")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[int] = []
    prices: list[Price] = []
    problems: list[Problem] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if not {"sku", "unit_price"} <= set(header) <= set(COLUMNS) or len(set(header)) < len(header):
            raise invalid(("csv", "1"), "NOT_CSV", f"The first line names the columns: {', '.join(COLUMNS)}.")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            wrong = list(_problems(reader.line_num, header, cells))
            problems += wrong
            if not wrong:
                lines.append(reader.line_num)
                prices.append(_price(dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        text = f"This is no CSV from here on: {error}."
        raise invalid(("csv", str(reader.line_num)), "NOT_CSV", text) from error
    if problems:
        raise Invalid(problems[:MAX_SHOWN])
    return lines, prices


def _problems(line: int, header: Sequence[str], cells: Sequence[str]) -> Iterator[Problem]:
    if len(cells) != len(header):
        text = f"This row has {len(cells)} cells, and the first has {len(header)}."
        yield Problem(("csv", str(line)), "NOT_CSV", text)
        return
    for column, cell in zip(header, cells, strict=True):
        if column != "sku" and cell.strip() and _number(cell) is None:
            yield Problem(("csv", str(line), column), "NOT_A_NUMBER", "Write a number like 59.90.")


def _price(cells: dict[str, str]) -> Price:
    return Price(
        sku=unguarded(cells["sku"].strip()),
        unit_price=_number(cells["unit_price"]),
        min_quantity=_number(cells.get("min_quantity", "")) or Decimal(0),
    )


def _number(cell: str) -> Decimal | None:
    """With a decimal point or a decimal comma; None for what is no number."""
    try:
        return Decimal(cell.strip().replace(",", "."))
    except InvalidOperation:
        return None
