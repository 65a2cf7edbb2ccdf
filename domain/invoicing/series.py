"""Series of invoices and credit notes (spec CHN-4, INV-1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record_written
from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.versions import check_version

from .models import Invoice, InvoiceKind, InvoiceSeries, LegalEntity

PREFIX = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,19}")
MOST = 2_000
GREATEST = 999_999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertSeries:
    """A series by its prefix. `kind` None: invoices and credit notes alike. `next_number` None: as it is, 1 when new.

    `expected_version` is the version that the writer read; None asks for no check.
    """

    prefix: str
    legal_entity: UUID
    kind: InvoiceKind | None = None
    next_number: int | None = None
    expected_version: int | None = None


async def upsert_series(session: AsyncSession, actor: Actor, command: UpsertSeries) -> InvoiceSeries:
    """Makes a series, or sets the number that it goes on with, which can only grow, and only until something was
    issued in it: then its numbers have no gap. A repeat changes nothing.

    Raises StaleVersion, and Invalid naming every wrong field: FIXED for the entity or kind of a series that there is.
    """
    problems = list(_problems(command))
    if await session.get(LegalEntity, command.legal_entity) is None:
        problems.append(Problem(("legalEntity",), "NOT_FOUND", "There is no such legal entity. Make it first."))
    if problems:
        raise Invalid(problems)
    await session.execute(
        insert(InvoiceSeries)
        .values(
            id=new_id(),
            legal_entity_id=command.legal_entity,
            prefix=command.prefix,
            kind=command.kind,
            next_number=1,
            version=0,
        )
        .on_conflict_do_nothing(index_elements=["prefix"])
    )
    query = select(InvoiceSeries).where(InvoiceSeries.prefix == command.prefix).with_for_update(key_share=True)
    series = (await session.scalars(query.execution_options(populate_existing=True))).one()
    if series.version:
        check_version("series", command.expected_version, series.version)
    elif (await session.scalar(select(func.count()).select_from(InvoiceSeries)) or 0) > MOST:
        raise invalid(("prefix",), "TOO_MANY", f"There are at most {MOST} series.")
    problems = [*_fixed(series, command), *await _number_problems(session, series, command)]
    if problems:
        raise Invalid(problems)
    wanted = command.next_number or series.next_number
    if series.version == 0 or series.next_number != wanted:
        before = snapshot(series) if series.version else None
        series.next_number = wanted
        series.version += 1
        await session.flush()
        record_written(session, actor, "invoice_series", series, before, title=series.prefix)
    return series


def _problems(command: UpsertSeries) -> Iterator[Problem]:
    if not PREFIX.fullmatch(command.prefix):
        yield Problem(("prefix",), "BAD_PREFIX", "Use 1 to 20 capitals, digits, dots, slashes, hyphens, underscores.")
    if command.next_number is not None and not 1 <= command.next_number <= GREATEST:
        yield Problem(("nextNumber",), "OUT_OF_RANGE", f"Give a number from 1 to {GREATEST}.")


def _fixed(series: InvoiceSeries, command: UpsertSeries) -> Iterator[Problem]:
    if series.legal_entity_id != command.legal_entity:
        yield Problem(("legalEntity",), "FIXED", "This prefix is another legal entity's: use a prefix of its own.")
    if series.kind is not command.kind:
        yield Problem(("kind",), "FIXED", "A series keeps what is issued in it: make another series.")


async def _number_problems(session: AsyncSession, series: InvoiceSeries, command: UpsertSeries) -> list[Problem]:
    """Issuing takes the same lock, so that nothing is issued meanwhile."""
    wanted = command.next_number
    if wanted is None or wanted == series.next_number:
        return []
    if wanted < series.next_number:
        words = f"The series goes on with {series.next_number}: a number is never used twice."
        return [Problem(("nextNumber",), "BACKWARDS", words)]
    if await session.scalar(select(exists().where(Invoice.series_id == series.id))):
        words = f"The series is in use and goes on with {series.next_number}: its numbers have no gaps."
        return [Problem(("nextNumber",), "IN_USE", words)]
    return []
