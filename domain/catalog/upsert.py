"""Creating and changing a product with its one variant."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.money import Money, is_currency
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import text_problem

from .checks import MAX_SKU, name_problem
from .models import Product, Variant

MAX_PRICE = Decimal("999999999999")
MAX_VAT = Decimal(100)
_SIZES = {"weight_kg": "weightKg", "length_cm": "lengthCm", "width_cm": "widthCm", "height_cm": "heightCm"}
_MAX_SIZE = Decimal(100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertProduct:
    """A product by its SKU. `price` is without VAT, `vat_rate` in percent (None: no tax), sizes in cm and kg.

    What is None is left as it is when the product exists, and stays unknown when it is new.
    """

    sku: str
    name: str
    price: Money | None = None
    vat_rate: Decimal | None = None
    weight_kg: Decimal | None = None
    length_cm: Decimal | None = None
    width_cm: Decimal | None = None
    height_cm: Decimal | None = None
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written; `created` is True the first time."""

    product: Product
    variant: Variant
    created: bool


async def save_product(session: AsyncSession, command: UpsertProduct) -> Saved:
    """Writes the product; a repeat changes nothing more. Raises `Invalid` naming every wrong field.

    Two writers of one new SKU at once make one product: the second waits for the first, then changes it.
    """
    problems = tuple(_problems(command))
    if problems:
        raise Invalid(problems)
    sku = command.sku.strip()
    variant = await _locked(session, sku)
    created = variant is None and await _insert(session, sku, command.name.strip())
    variant = variant or await _locked(session, sku)
    assert variant is not None
    product = await session.get_one(Product, variant.product_id)
    _apply(command, product, variant, created=created)
    await session.flush()
    return Saved(product, variant, created)


async def _locked(session: AsyncSession, sku: str) -> Variant | None:
    query = select(Variant).where(Variant.sku == sku).with_for_update(key_share=True)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def _insert(session: AsyncSession, sku: str, name: str) -> bool:
    """False if another writer of the same SKU was first; its row is committed then."""
    now = utc_now()
    product_id = new_id()
    await session.execute(insert(Product).values(id=product_id, name=name, created_at=now, updated_at=now))
    made = await session.scalar(
        insert(Variant)
        .values(id=new_id(), product_id=product_id, sku=sku, name=name, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["sku"])
        .returning(Variant.id)
    )
    if made is None:
        await session.execute(delete(Product).where(Product.id == product_id))
    return made is not None


def _apply(command: UpsertProduct, product: Product, variant: Variant, *, created: bool) -> None:
    wanted: dict[str, Any] = {"name": command.name.strip()}
    if command.price is not None:
        wanted |= {"price": command.price.amount, "currency": command.price.currency}
    given = {name: getattr(command, name) for name in ("vat_rate", "barcode", *_SIZES)}
    wanted |= {name: value for name, value in given.items() if value is not None}
    changed = {name: value for name, value in wanted.items() if getattr(variant, name) != value}
    for name, value in changed.items():
        setattr(variant, name, value)
    if changed and not created:
        product.version += 1
        product.updated_at = variant.updated_at = utc_now()
    if not product.option_names:  # with several variants, each has a name of its own
        product.name = variant.name


def _problems(command: UpsertProduct) -> Iterator[Problem]:
    if not command.sku.strip() or len(command.sku) > MAX_SKU:
        yield Problem(("sku",), "BAD_SKU", f"Give a SKU of 1 to {MAX_SKU} characters.")
    if wrong := name_problem(command.name):
        yield Problem(("name",), *wrong)
    if command.barcode is not None and (problem := text_problem(command.barcode, MAX_SKU)):
        yield Problem(("barcode",), "NOT_A_TEXT", problem)
    if command.price is not None:
        if not _within(command.price.amount, Decimal(0), MAX_PRICE):
            yield Problem(("price", "amount"), "OUT_OF_RANGE", f"Give a price from 0 to {MAX_PRICE}.")
        if not is_currency(command.price.currency):
            yield Problem(("price", "currency"), "BAD_CURRENCY", "Give an ISO 4217 code such as RON.")
    if command.vat_rate is not None and not _within(command.vat_rate, Decimal(0), MAX_VAT):
        yield Problem(("vatRate",), "OUT_OF_RANGE", "Give the VAT rate in percent, from 0 to 100.")
    for name, field in _SIZES.items():
        value = getattr(command, name)
        if value is not None and not (value.is_finite() and 0 < value <= _MAX_SIZE):
            yield Problem((field,), "OUT_OF_RANGE", f"Give a number above 0, at most {_MAX_SIZE}.")


def _within(value: Decimal, low: Decimal, high: Decimal) -> bool:
    return value.is_finite() and low <= value <= high
