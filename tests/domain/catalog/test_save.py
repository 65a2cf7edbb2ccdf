"""Whole products with their variants."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.checks import VariantValues
from domain.catalog.groups import UpsertProductGroup, upsert_product_group
from domain.catalog.models import Product, Variant
from domain.catalog.save import MAX_VARIANTS, SaveProduct, save_whole_product
from domain.catalog.upsert import UpsertProduct, save_product
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from tests.support.builders import OPERATOR, make_variant

pytestmark = pytest.mark.spec("CAT-1")

RED = VariantValues(sku="T-R", options=["Red"], price=Decimal("10.5"), vat_rate=Decimal(21), barcode="4006381333931")
BLUE = VariantValues(sku="T-B", options=["Blue"], weight_kg=Decimal("0.25"), active=False)
SHIRT = SaveProduct(name=" Shirt ", unit="pcs", option_names=["Colour"], variants=[RED, BLUE])


async def variants(session: AsyncSession, product: Product) -> list[tuple[str, str, list[str], bool]]:
    rows = await session.scalars(select(Variant).where(Variant.product_id == product.id).order_by(Variant.id))
    return [(row.sku, row.name, row.options, row.active) for row in rows]


async def problems_of(session: AsyncSession, command: SaveProduct) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        await save_whole_product(session, command)
    return {".".join(problem.path): problem.code for problem in refused.value.problems}


async def test_a_product_is_made_with_its_variants_then_changed(session: AsyncSession) -> None:
    await upsert_product_group(session, OPERATOR, UpsertProductGroup(slug="clothes", name="Clothes"))
    command = replace(SHIRT, group="clothes", description="Soft", images=["https://a.example/1.jpg"])
    saved = await save_whole_product(session, command)
    product = saved.product
    assert saved.new_skus == ["T-R", "T-B"]
    assert (product.name, product.unit, product.description, product.version) == ("Shirt", "pcs", "Soft", 1)
    assert product.group_id is not None
    assert await variants(session, product) == [
        ("T-R", "Shirt Red", ["Red"], True),
        ("T-B", "Shirt Blue", ["Blue"], False),
    ]
    again = await save_whole_product(session, replace(command, id=product.id, expected_version=1))
    assert (again.product.version, again.new_skus) == (1, [])
    green = replace(RED, sku="T-G", options=["Green"], barcode=None, name="Grass")
    changed = await save_whole_product(session, replace(SHIRT, id=product.id, variants=[BLUE, green]))
    assert (changed.product.version, changed.product.group_id, changed.new_skus) == (2, None, ["T-G"])
    assert await variants(session, product) == [
        ("T-R", "Shirt Red", ["Red"], False),
        ("T-B", "Shirt Blue", ["Blue"], False),
        ("T-G", "Grass", ["Green"], True),
    ]
    with pytest.raises(StaleVersion):
        await save_whole_product(session, replace(SHIRT, id=product.id, expected_version=1))
    with pytest.raises(NotFound):
        await save_whole_product(session, replace(SHIRT, id=new_id()))


async def test_one_sku_can_be_changed_alone_and_the_product_keeps_its_name(session: AsyncSession) -> None:
    product = (await save_whole_product(session, SHIRT)).product
    await save_product(session, UpsertProduct(sku="T-R", name="Shirt, red"))
    await save_product(session, UpsertProduct(sku="T-R", name="Shirt, red"))
    assert (product.name, product.version) == ("Shirt", 2)
    assert (await variants(session, product))[0][:2] == ("T-R", "Shirt, red")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"name": " ", "variants": []}, {"name": "MISSING", "variants": "EMPTY"}),
        ({"name": "x" * 501, "unit": "x" * 21}, {"name": "NOT_A_TEXT", "unit": "NOT_A_TEXT"}),
        ({"description": "\x00"}, {"description": "NOT_A_TEXT"}),
        ({"group": "none"}, {"group": "UNKNOWN_GROUP"}),
        (
            {"images": ["ftp://a/b", "https://", "http://a b", "https://a.example/" + "x" * 2000, "https://[", "//a"]},
            {f"images.{place}": "BAD_URL" for place in range(6)},
        ),
        ({"images": ["https://a.example"] * 51}, {"images": "TOO_MANY"}),
        ({"variants": [RED, replace(RED, sku="X")]}, {"variants.1.options": "TWICE"}),
        ({"variants": [RED, replace(BLUE, sku=" T-R ")]}, {"variants.1.sku": "TWICE"}),
        ({"variants": [replace(RED, options=[])]}, {"variants.0.options": "MISSING"}),
        ({"variants": [replace(RED, options=["x" * 101])]}, {"variants.0.options.0": "NOT_A_TEXT"}),
        (
            {"option_names": ["Size", "size"], "variants": [replace(RED, options=["a", "b"])]},
            {"optionNames": "TWICE"},
        ),
        ({"variants": [replace(RED, sku=f"S{n}", options=[str(n)]) for n in range(251)]}, {"variants": "TOO_MANY"}),
        (
            {
                "variants": [
                    replace(
                        RED,
                        sku="a\tb",
                        name="\ud800",
                        barcode="4006381333932",
                        price=Decimal(-1),
                        currency="LEU",
                        vat_rate=Decimal("100.01"),
                        weight_kg=Decimal(0),
                        length_cm=Decimal("NaN"),
                        width_cm=Decimal("0.0001"),
                        height_cm=Decimal(100_001),
                    )
                ]
            },
            {
                "variants.0.sku": "BAD_SKU",
                "variants.0.name": "NOT_A_TEXT",
                "variants.0.barcode": "BAD_BARCODE",
                "variants.0.price": "OUT_OF_RANGE",
                "variants.0.currency": "BAD_CURRENCY",
                "variants.0.vatRate": "OUT_OF_RANGE",
                "variants.0.weightKg": "OUT_OF_RANGE",
                "variants.0.lengthCm": "OUT_OF_RANGE",
                "variants.0.widthCm": "OUT_OF_RANGE",
                "variants.0.heightCm": "OUT_OF_RANGE",
            },
        ),
    ],
)
async def test_every_wrong_field_is_named(session: AsyncSession, fields: Any, problems: dict[str, str]) -> None:
    assert await problems_of(session, replace(SHIRT, **fields)) == problems
    assert await session.scalar(select(func.count()).select_from(Variant).where(Variant.sku == "T-R")) == 0


async def test_a_sku_of_another_product_is_refused(session: AsyncSession) -> None:
    await make_variant(session, "T-B")
    assert await problems_of(session, SHIRT) == {"variants.1.sku": "TAKEN"}
    most = [replace(RED, sku=f"S{n}", options=[str(n)], barcode=None) for n in range(MAX_VARIANTS)]
    assert len((await save_whole_product(session, replace(SHIRT, variants=most))).new_skus) == MAX_VARIANTS


async def test_of_two_who_make_one_sku_at_once_one_is_refused(database: Database) -> None:
    async def save(name: str) -> bool:
        try:
            async with database.begin() as session:
                await save_whole_product(session, replace(SHIRT, name=name))
        except Invalid:
            return False
        return True

    assert sorted(await asyncio.gather(save("One"), save("Two"))) == [False, True]
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Product)) == 1
