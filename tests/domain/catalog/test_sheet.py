"""The catalogue as a file: what its cells say, and what it makes of the catalogue."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.groups import UpsertProductGroup, upsert_product_group
from domain.catalog.import_sheet import Imported
from domain.catalog.models import Product, Variant
from domain.catalog.sheet import MAX_ROWS, read_sheet, written
from domain.flows.import_products import import_products
from domain.kernel.database import Database
from domain.kernel.spreadsheet import guarded, unguarded
from domain.reads.catalog_export import exported_pages
from tests.support.builders import OPERATOR, make_variant
from tests.support.statements import counting

pytestmark = pytest.mark.spec("CAT-1")

SHIRTS = """sku,name,variant_of,options,product_name,group,barcode,price,currency,vat_rate,weight_kg,active
T-R,Shirt red,,Colour=Red,Shirt,clothes,4006381333931,59.90,RON,21,0.25,true
T-B,Shirt blue,T-R,Colour=Blue,,,,59.90,RON,21,0.25,no
MUG,Mug,,,,,,10,EUR,9,,
"""


async def take(session: AsyncSession, text: str, *, skip_bad: bool = False, dry_run: bool = False) -> Imported:
    return await import_products(session, OPERATOR, read_sheet(text), skip_bad=skip_bad, dry_run=dry_run)


async def clothes(session: AsyncSession) -> None:
    await upsert_product_group(session, OPERATOR, UpsertProductGroup(slug="clothes", name="Clothes"))


def wrong(done: Imported) -> list[tuple[int, str | None, str]]:
    return [(problem.line, problem.column, problem.code) for problem in done.problems]


@given(st.text())
def test_what_a_guarded_cell_says_comes_back_and_is_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


async def test_a_file_makes_products_with_variants_and_a_repeat_changes_nothing(session: AsyncSession) -> None:
    await clothes(session)
    done = await take(session, SHIRTS)
    assert (done.applied, done.created, done.updated, wrong(done)) == (True, ["T-R", "T-B", "MUG"], 0, [])
    rows = {row.sku: row for row in await session.scalars(select(Variant))}
    red, blue, mug = rows["T-R"], rows["T-B"], rows["MUG"]
    assert red.product_id == blue.product_id != mug.product_id
    assert (red.options, blue.options, red.active, blue.active) == (["Red"], ["Blue"], True, False)
    assert (red.price, red.barcode, mug.currency, mug.vat_rate) == (
        Decimal("59.90"),
        "4006381333931",
        "EUR",
        Decimal(9),
    )
    shirt = await session.get_one(Product, red.product_id)
    assert (shirt.name, shirt.option_names, shirt.group_id is None) == ("Shirt", ["Colour"], False)
    again = await take(session, SHIRTS)
    assert (again.applied, again.created, again.updated, again.unchanged) == (True, [], 0, 3)
    changed = await take(session, "sku,price\nT-B,70\nMUG,10.00\n")
    assert (changed.created, changed.updated, changed.unchanged) == ([], 1, 1)
    await session.refresh(blue)
    await session.refresh(shirt)
    assert (blue.price, blue.barcode, blue.name, shirt.version) == (Decimal(70), None, "Shirt blue", 2)
    emptied = await take(session, "sku,weight_kg,barcode,currency,active,name\nT-R,,,,,\n")
    assert emptied.updated == 1
    await session.refresh(red)
    assert (red.weight_kg, red.barcode, red.currency, red.active, red.name) == (None, None, "RON", True, "Shirt red")


async def test_a_dry_run_writes_nothing_and_tells_what_would_be(session: AsyncSession) -> None:
    await clothes(session)
    done = await take(session, SHIRTS, dry_run=True)
    assert (done.applied, len(done.created)) == (False, 3)
    assert (await session.scalars(select(Variant.sku))).all() == []


BAD = """sku,name,variant_of,options,group,images,price,vat_rate,barcode,active
A,,,,,,,,,
B,B,NONE,,,,,,,
C,C,,,none,,,,,
D,D,,,,ftp://x,-1,200,123,perhaps
E,E,,Colour,,,x,,,
F,F,,Colour=Red,,,,,,
G,G,F,Colour=Red,,,,,,
H,H,F,,,,,,,
K,K,OLD,,,,,,,
OLD,,F,,,,,,,
,N,,,,,,,,
F,F,,,,,,,,
"""


async def test_every_wrong_row_is_named_with_its_line_and_nothing_or_the_rest_is_written(session: AsyncSession) -> None:
    await make_variant(session, "OLD")
    expected = [
        (2, "name", "MISSING"),
        (3, "variant_of", "UNKNOWN_SKU"),
        (4, "group", "UNKNOWN_GROUP"),
        (5, "active", "NOT_A_WORD"),
        (6, "options", "NOT_A_TEXT"),
        (6, "price", "NOT_A_NUMBER"),
        (8, "options", "TWICE"),
        (9, "options", "MISSING"),
        (11, "variant_of", "OTHER_PRODUCT"),
        (12, "sku", "BAD_SKU"),
        (13, "sku", "TWICE"),
    ]
    done = await take(session, BAD)
    assert (done.applied, wrong(done)) == (False, expected)
    assert (await session.scalars(select(Variant.sku))).all() == ["OLD"]
    skipped = await take(session, BAD, skip_bad=True)
    assert (skipped.applied, wrong(skipped), skipped.created) == (True, expected, ["F", "K"])
    numbers = "sku,name,images,price,vat_rate,barcode,weight_kg,currency\nD,D,ftp://x,-1,200,123,0,LEU\n"
    assert {(column, code) for _, column, code in wrong(await take(session, numbers))} == {
        ("images", "BAD_URL"),
        ("price", "OUT_OF_RANGE"),
        ("vat_rate", "OUT_OF_RANGE"),
        ("barcode", "BAD_BARCODE"),
        ("weight_kg", "OUT_OF_RANGE"),
        ("currency", "BAD_CURRENCY"),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (1, "sku", "MISSING")),
        ("name\nx", (1, "sku", "MISSING")),
        ("sku,colour\nx,y", (1, "colour", "UNKNOWN_FIELD")),
        ("sku,sku\nx,y", (1, None, "TWICE")),
        ("sku,name\nx", (2, None, "NOT_CSV")),
        ('sku,name\nx,"y', (2, None, "NOT_CSV")),
        ("sku,name\nx,\x00", (2, "name", "NOT_A_TEXT")),
        ("sku\n" + "\n".join(f"S{n}" for n in range(MAX_ROWS + 1)), (MAX_ROWS + 2, None, "TOO_MANY")),
    ],
)
def test_what_is_no_catalogue_file_says_so(text: str, problem: tuple[int, str | None, str]) -> None:
    first = read_sheet(text).problems[0]
    assert (first.line, first.column, first.code) == problem


def test_what_spreadsheets_write_can_be_read() -> None:
    sheet = read_sheet('\ufeffSKU;Name;Price\r\n"A";"Two\r\nlines";59,90\r\n\r\nB;\'=SUM(A1);1.5\r\n')
    assert sheet.problems == []
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (2, {"sku": "A", "name": "Two\r\nlines", "price": Decimal("59.90")}),
        (5, {"sku": "B", "name": "=SUM(A1)", "price": Decimal("1.5")}),
    ]


async def test_as_many_statements_for_ten_rows_as_for_two_hundred(session: AsyncSession) -> None:
    async def statements(first: int, count: int) -> int:
        rows = "".join(f"S{n},Thing {n},1\n" for n in range(first, first + count))
        with counting(session) as sent:
            done = await take(session, f"sku,name,price\n{rows}")
        assert len(done.created) == count
        return len(sent)

    await statements(9000, 1)  # the connection learns its types once
    assert await statements(0, 10) == await statements(1000, 200)


async def test_what_is_exported_is_what_comes_back(database: Database) -> None:
    async with database.begin() as session:
        await clothes(session)
        await take(session, SHIRTS)
        await take(
            session,
            "sku,name,description\n-1+1,=cmd|'/C calc'!A0,\"+ two\nlines\"\n@x,''=quoted,'plain\n",
            skip_bad=True,
        )
    text = written(iter(()), header=True)
    async for rows in exported_pages(database):
        text += written(iter(rows), header=False)
    assert "\r\n'-1+1,'=cmd" in text
    assert "''=quoted" in text
    async with database.begin() as session:
        done = await take(session, text)
    assert (wrong(done), done.created, done.updated, done.unchanged) == ([], [], 0, 5)
