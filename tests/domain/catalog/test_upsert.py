"""Products by their SKU: made once, changed afterwards."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.listings import load_catalog, save_listing
from domain.catalog.models import Product, Variant
from domain.catalog.upsert import UpsertProduct, save_product
from domain.kernel.database import Database
from domain.kernel.money import Money
from domain.kernel.refusals import Invalid, NotFound
from tests.support.builders import make_channel, make_variant


async def test_a_product_is_made_then_changed_where_something_is_said(session: AsyncSession) -> None:
    full = UpsertProduct(
        sku=" CUP ",
        name=" Cup ",
        price=Money(Decimal("12.345678"), "EUR"),
        vat_rate=Decimal(21),
        weight_kg=Decimal("0.4"),
        length_cm=Decimal(10),
        width_cm=Decimal(9),
        height_cm=Decimal(8),
        barcode="594",
    )
    made = await save_product(session, full)
    assert (made.created, made.variant.sku, made.product.name) == (True, "CUP", "Cup")
    again = await save_product(session, UpsertProduct(sku="CUP", name="Big cup"))
    assert (again.created, again.variant.id) == (False, made.variant.id)
    await session.refresh(made.variant)
    variant = made.variant
    assert (variant.name, variant.price, variant.currency, variant.vat_rate) == (
        "Big cup",
        Decimal("12.345678"),
        "EUR",
        Decimal(21),
    )
    assert (variant.weight_kg, variant.length_cm, variant.width_cm, variant.height_cm, variant.barcode) == (
        Decimal("0.4"),
        Decimal(10),
        Decimal(9),
        Decimal(8),
        "594",
    )
    assert variant.active is True


async def test_every_wrong_field_is_named(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refusal:
        await save_product(
            session,
            UpsertProduct(
                sku=" ",
                name="",
                price=Money(Decimal("NaN"), "lei"),
                vat_rate=Decimal(101),
                weight_kg=Decimal(0),
                height_cm=Decimal("Infinity"),
            ),
        )
    assert [problem.path for problem in refusal.value.problems] == [
        ("sku",),
        ("name",),
        ("price", "amount"),
        ("price", "currency"),
        ("vatRate",),
        ("weightKg",),
        ("heightCm",),
    ]
    assert await session.scalar(select(func.count()).select_from(Product)) == 0


async def test_writers_of_one_new_sku_at_once_make_one_product(database: Database) -> None:
    async def write(name: str) -> bool:
        async with database.begin() as session:
            return (await save_product(session, UpsertProduct(sku="CUP", name=name))).created

    assert sorted(await asyncio.gather(*(write(str(number)) for number in range(6)))) == [False] * 5 + [True]
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Variant)) == 1
        assert await session.scalar(select(func.count()).select_from(Product)) == 1


@pytest.mark.spec("SYN-6")
async def test_a_listing_can_be_tied_anew(session: AsyncSession) -> None:
    shop, other = await make_channel(session), await make_channel(session)
    cup, bowl = await make_variant(session, "CUP"), await make_variant(session, "BOWL")
    await save_listing(session, shop.id, " 7 ", "CUP")
    await save_listing(session, other.id, "7", "BOWL")
    known = await load_catalog(session, shop.id, ["7", "8"], ["BOWL", "NOPE"])
    assert (dict(known.by_listing), dict(known.by_sku)) == ({"7": cup.id}, {"BOWL": bowl.id})
    assert known.find("7", "BOWL") == cup.id
    assert known.find("8", " BOWL ") == bowl.id
    assert known.find(None, None) is None
    assert (await save_listing(session, shop.id, "7", "BOWL")).variant_id == bowl.id
    with pytest.raises(NotFound):
        await save_listing(session, shop.id, "7", "NOPE")
    with pytest.raises(Invalid):
        await save_listing(session, shop.id, " ", "CUP")
