"""Writing the rows of a catalogue file: all of them in few statements (spec CAT-1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.kernel.clock import utc_now
from domain.kernel.locks import lock_names
from domain.kernel.refusals import invalid

from .models import Product, ProductGroup, Variant
from .sheet import RowProblem, Sheet, SheetRow
from .sheet_rows import Catalogue, Row, take_row

_PRODUCTS: Any = Product.__table__
_VARIANTS: Any = Variant.__table__


@dataclass(slots=True)
class Imported:
    """What became of a file. `applied` is False where nothing was written: a dry run, or one row too bad."""

    applied: bool = False
    created: Sequence[str] = ()
    updated: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)


async def import_sheet(session: AsyncSession, sheet: Sheet, *, skip_bad: bool, dry_run: bool) -> Imported:
    """Writes the good rows; none at all where one is bad, unless `skip_bad`. A repeat changes nothing more.

    Raises Invalid (TAKEN) where somebody else makes one of its SKUs at this moment.
    """
    await lock_names(session, ["catalogue import"])
    catalogue = await _load(session, sheet.rows, utc_now())
    problems = [problem for row in sheet.rows for problem in take_row(catalogue, row)]
    done = Imported(
        created=list(catalogue.new_variants),
        updated=len(catalogue.updated_skus),
        unchanged=catalogue.taken - len(catalogue.new_variants) - len(catalogue.updated_skus),
        problems=sorted([*sheet.problems, *problems], key=lambda problem: problem.line),
    )
    if not dry_run and (skip_bad or not done.problems):
        await _write(session, catalogue)
        done.applied = True
    return done


async def _load(session: AsyncSession, rows: Sequence[SheetRow], now: datetime) -> Catalogue:
    """What there is of the file's SKUs: their products whole, locked in a fixed order, and all groups."""
    skus = {row.sku for row in rows} | {of for row in rows if (of := row.cells.get("variant_of"))}
    named = select(Variant.product_id).where(Variant.sku == any_(literal(sorted(skus), ARRAY(Text()))))
    products = await session.execute(
        select(_PRODUCTS).where(Product.id.in_(named)).order_by(Product.id).with_for_update(key_share=True)
    )
    known = {row.id: dict(row._mapping) for row in products}
    variants = await session.execute(
        select(_VARIANTS)
        .where(Variant.product_id == any_(literal(sorted(known), ARRAY(Uuid()))))
        .order_by(Variant.id)
        .with_for_update(key_share=True)
    )
    groups = await session.execute(select(ProductGroup.slug, ProductGroup.id))
    return Catalogue(
        now=now,
        groups={row.slug: row.id for row in groups},
        products=known,
        variants={row.sku: dict(row._mapping) for row in variants},
    )


async def _write(session: AsyncSession, catalogue: Catalogue) -> None:
    new = list(catalogue.new_variants.values())
    if catalogue.new_products:
        await session.execute(insert(_PRODUCTS), list(catalogue.new_products.values()))
    if new:
        await session.execute(insert(_VARIANTS).on_conflict_do_nothing(index_elements=["sku"]), new)
        ids = any_(literal([row["id"] for row in new], ARRAY(Uuid())))
        if await session.scalar(select(func.count()).where(_VARIANTS.c.id == ids)) != len(new):
            raise invalid(("csv",), "TAKEN", "Somebody made one of these SKUs at this moment. Send the file again.")
    await _update(session, _PRODUCTS, list(catalogue.changed_products.values()))
    await _update(session, _VARIANTS, list(catalogue.changed_variants.values()))


async def _update(session: AsyncSession, table: Any, rows: Sequence[Row]) -> None:
    """Whole rows that are locked: the insertion always meets them, and becomes their update."""
    if rows:
        statement = insert(table)
        changes = {name: statement.excluded[name] for name in rows[0] if name != "id"}
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes), rows)
