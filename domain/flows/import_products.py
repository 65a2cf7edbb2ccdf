"""Bringing a catalogue file in; what waited for one of its new SKUs is imported."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.import_sheet import Imported, import_sheet
from domain.catalog.sheet import Sheet
from domain.intake.release import release_causes
from domain.kernel.actor import Actor


async def import_products(
    session: AsyncSession, actor: Actor, sheet: Sheet, *, skip_bad: bool = False, dry_run: bool = False
) -> Imported:
    """As `import_sheet`, and orders that waited for a new SKU go on."""
    done = await import_sheet(session, sheet, skip_bad=skip_bad, dry_run=dry_run)
    if done.applied:
        await release_causes(session, [f"sku:{sku}" for sku in done.created])
    return done
