"""Writing the prices of a list, many at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, any_, delete, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.catalog.models import Variant
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.money import price_problem
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.texts import text_problem
from domain.kernel.versions import check_version

from .lists import list_for_update
from .models import PriceList, PriceListItem

MAX_ITEMS = 5_000
"""The most prices in one call."""
MAX_SHOWN = 100
"""The most wrong prices that one refusal names."""
MAX_TOLD = 20
"""How many prices an audit entry names, as they were and as they are."""
MAX_BREAK = Decimal(1_000_000_000)
_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A net price of a SKU from a quantity on (three decimals at most); None takes it out of the list."""

    sku: str
    unit_price: Decimal | None
    min_quantity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetItems:
    """Prices to write into a list by its slug. `replace`: what is not named is taken out."""

    slug: str
    items: Sequence[Price]
    replace: bool = False
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class ItemsSet:
    """The list, and how many prices were written and taken out."""

    price_list: PriceList
    written: int
    removed: int


async def set_price_list_items(session: AsyncSession, actor: Actor, command: SetItems) -> ItemsSet:
    """Writes the prices; a repeat changes nothing more. Raises NotFound, StaleVersion, and Invalid naming the wrong
    prices by their place, `MAX_SHOWN` at most; then nothing is written.
    """
    problems = list(_problems(command.items))
    if problems:
        raise Invalid(problems[:MAX_SHOWN])
    found = await list_for_update(session, command.slug)
    check_version("price list", command.expected_version, found.version)
    if found.archived_at is not None:
        raise invalid(("slug",), "ARCHIVED", f"The list {command.slug} was archived.")
    variants = await _variants(session, command.items)
    present = await _present(session, found.id, None if command.replace else set(variants.values()))
    wanted = {(variants[item.sku.strip()], item.min_quantity): item.unit_price for item in command.items}
    new = {key: price for key, price in wanted.items() if price is not None and present.get(key) != price}
    gone = {key for key, price in wanted.items() if price is None and key in present}
    if command.replace:
        gone |= present.keys() - wanted.keys()
    await _remove(session, found.id, sorted(gone))
    await _write(session, found.id, new)
    if new or gone:
        found.version += 1
        found.updated_at = utc_now()
        names = {key: sku for sku, key in variants.items()}
        before = _told(names, {key: present[key] for key in {*gone, *new} & present.keys()})
        after = {"count": len(new) + len(gone), "prices": _told(names, new)}
        record(
            session,
            actor,
            "price_list.prices_set",
            "price_list",
            found.id,
            title=found.name,
            before={"prices": before},
            after=after,
        )
    await session.flush()
    return ItemsSet(found, len(new), len(gone))


Place = tuple[UUID, Decimal]
"""A variant and the quantity from which on the price holds."""


def _told(names: Mapping[UUID, str], prices: Mapping[Place, Decimal]) -> list[str]:
    """The first of the prices, as the audit log tells them."""
    lines = [f"{names.get(key, key)} from {break_.normalize():f}: {price}" for (key, break_), price in prices.items()]
    return sorted(lines)[:MAX_TOLD]


def _problems(items: Sequence[Price]) -> Iterator[Problem]:
    if len(items) > MAX_ITEMS:
        yield Problem(("items",), "TOO_MANY", f"Send at most {MAX_ITEMS} prices at a time.")
        return
    seen: set[tuple[str, Decimal]] = set()
    for place, item in enumerate(items):
        path = ("items", str(place))
        if problem := text_problem(item.sku, 200):
            yield Problem((*path, "sku"), "NOT_A_TEXT", problem)
        if item.unit_price is not None and (problem := price_problem(item.unit_price)):
            yield Problem((*path, "unitPrice"), "OUT_OF_RANGE", problem)
        break_ = item.min_quantity
        if not (break_.is_finite() and 0 <= break_ <= MAX_BREAK and break_ == round(break_, 3)):
            text = f"Give a quantity from 0 to {MAX_BREAK}, with three decimals at most."
            yield Problem((*path, "minQuantity"), "OUT_OF_RANGE", text)
        elif (key := (item.sku.strip(), break_)) in seen:
            yield Problem(path, "TWICE", f"{key[0]} has two prices from this quantity on. Send one of them.")
        else:
            seen.add(key)


async def _variants(session: AsyncSession, items: Sequence[Price]) -> dict[str, UUID]:
    """The variants by SKU. Raises Invalid naming each SKU that there is not."""
    skus = {item.sku.strip() for item in items}
    rows = await session.execute(
        select(Variant.sku, Variant.id).where(Variant.sku == any_(literal(sorted(skus), ARRAY(Text()))))
    )
    known: dict[str, UUID] = {row.sku: row.id for row in rows}
    unknown = [
        Problem(("items", str(place), "sku"), "UNKNOWN_SKU", f"There is no SKU {item.sku}. Create the product first.")
        for place, item in enumerate(items)
        if item.sku.strip() not in known
    ]
    if unknown:
        raise Invalid(unknown[:MAX_SHOWN])
    return known


async def _present(session: AsyncSession, list_id: UUID, variants: set[UUID] | None) -> dict[Place, Decimal]:
    """The prices that the list has: of these variants, or all."""
    query = select(PriceListItem.variant_id, PriceListItem.min_quantity, PriceListItem.unit_price).where(
        PriceListItem.price_list_id == list_id
    )
    if variants is not None:
        query = query.where(PriceListItem.variant_id.in_(variants))
    return {(row.variant_id, row.min_quantity): row.unit_price for row in await session.execute(query)}


async def _remove(session: AsyncSession, list_id: UUID, gone: Sequence[Place]) -> None:
    place = tuple_(PriceListItem.variant_id, PriceListItem.min_quantity)
    for start in range(0, len(gone), _CHUNK):
        await session.execute(
            delete(PriceListItem).where(PriceListItem.price_list_id == list_id, place.in_(gone[start : start + _CHUNK]))
        )


async def _write(session: AsyncSession, list_id: UUID, new: dict[Place, Decimal]) -> None:
    statement = insert(PriceListItem)
    statement = statement.on_conflict_do_update(
        index_elements=["price_list_id", "variant_id", "min_quantity"],
        set_={"unit_price": statement.excluded.unit_price},
    )
    rows = [
        {"price_list_id": list_id, "variant_id": key[0], "min_quantity": key[1], "unit_price": price}
        for key, price in sorted(new.items())
    ]
    for start in range(0, len(rows), _CHUNK):
        await session.execute(statement, rows[start : start + _CHUNK])
