"""productsImport."""

import asyncio
from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import ImportMode, ProductsImportInput, ProductsImportResult
from domain.catalog.sheet import read_sheet
from domain.flows.import_products import import_products
from domain.kernel.actor import Permission

_SHOWN = 1_000


async def _products_import(info: Info, input: ProductsImportInput) -> ProductsImportResult:
    sheet = await asyncio.to_thread(read_sheet, input.csv)
    skip_bad = input.mode is ImportMode.SKIP_BAD

    async def work(session: AsyncSession) -> Made:
        done = await import_products(session, info.context.actor, sheet, skip_bad=skip_bad, dry_run=bool(input.dry_run))
        data = {
            "applied": done.applied,
            "created": len(done.created),
            "updated": done.updated,
            "unchanged": done.unchanged,
            "problem_count": len(done.problems),
            "problems": [asdict(problem) for problem in done.problems[:_SHOWN]],
        }
        return Made("ProductsImported", data)

    return await change(info, work)


field = root(
    _products_import,
    permission=Permission.CATALOG_EDIT,
    description=(
        "Brings a catalogue file in, by SKU; the columns are those of GET /exports/products.csv. A column that the "
        "file does not have stays as it is. Orders that waited for a new SKU are imported then. Repeated, it changes "
        "nothing more."
    ),
)
