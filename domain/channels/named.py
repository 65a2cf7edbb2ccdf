"""What settings name: the warehouse, the price list, the series, the legal entity, the groups.

Warehouse and list are kept from changing until the transaction ends: they can be switched off or archived only while no
channel uses them. A series keeps its entity and kind for good, so that it needs no lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.models import CustomerGroup
from domain.invoicing.models import InvoiceSeries, LegalEntity
from domain.kernel.refusals import Problem
from domain.kernel.slugs import is_slug
from domain.kernel.texts import shown, text_problem
from domain.pricing.models import PriceList
from domain.stock.models import Warehouse

from .settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a channel has of it already."""

    warehouse_id: UUID
    invoice_series_id: UUID
    credit_series_id: UUID
    price_list_id: UUID | None = None


@dataclass(slots=True)
class Named:
    """What the channel would have; a part that cannot be had keeps what stood, and has its problem."""

    warehouse: Warehouse
    price_list: PriceList | None
    invoice_series: InvoiceSeries
    credit_series: InvoiceSeries
    entity_id: UUID | None = None
    groups: frozenset[UUID] | None = None
    problems: list[Problem] = field(default_factory=list)


async def find_named(session: AsyncSession, wanted: Settings, standing: Standing) -> Named:
    """Finds what the settings name, and what stood for the rest."""
    warehouses = await _warehouses(session, wanted.warehouse, standing.warehouse_id)
    lists = await _lists(session, wanted.price_list, standing.price_list_id)
    series = await _series(session, wanted, standing)
    clear = "priceList" in wanted.clear
    found = Named(
        warehouse=warehouses[standing.warehouse_id],
        price_list=None if clear or standing.price_list_id is None else lists[standing.price_list_id],
        invoice_series=series[standing.invoice_series_id],
        credit_series=series[standing.credit_series_id],
    )
    if wanted.warehouse is not None:
        warehouse = warehouses.get(wanted.warehouse)
        if warehouse is None or not warehouse.active:
            words = f"There is no active warehouse {shown(wanted.warehouse)}. Make it, or switch it on."
            found.problems.append(Problem(("warehouse",), "NOT_FOUND", words))
        else:
            found.warehouse = warehouse
    if wanted.price_list is not None:
        if price_list := lists.get(wanted.price_list):
            found.price_list = price_list
        else:
            found.problems.append(_missing("priceList", "price list", wanted.price_list))
    if wanted.invoice_series is not None:
        if one := series.get(wanted.invoice_series):
            found.invoice_series = one
        else:
            found.problems.append(_missing("invoiceSeries", "series", wanted.invoice_series))
    if wanted.credit_series is not None:
        if one := series.get(wanted.credit_series):
            found.credit_series = one
        else:
            found.problems.append(_missing("creditSeries", "series", wanted.credit_series))
    await _entity(session, wanted.legal_entity, found)
    if wanted.client_groups is not None:
        found.groups = await _groups(session, wanted.client_groups, found.problems)
    return found


async def _warehouses(session: AsyncSession, code: str | None, standing: UUID) -> Mapping[str | UUID, Warehouse]:
    which: ColumnElement[bool] = Warehouse.id == standing
    if code is not None and text_problem(code) is None:
        which = or_(which, Warehouse.code == code)
    rows = await session.scalars(select(Warehouse).where(which).order_by(Warehouse.id).with_for_update(read=True))
    return {key: row for row in rows for key in (row.id, row.code)}


async def _lists(session: AsyncSession, slug: str | None, standing: UUID | None) -> Mapping[str | UUID, PriceList]:
    which = [PriceList.slug == slug] if slug is not None and is_slug(slug) else []
    if standing is not None:
        which.append(PriceList.id == standing)
    if not which:
        return {}
    query = select(PriceList).where(or_(*which)).order_by(PriceList.id).with_for_update(read=True)
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return {key: row for row in rows for key in (row.id, row.slug)}


async def _series(session: AsyncSession, wanted: Settings, standing: Standing) -> Mapping[str | UUID, InvoiceSeries]:
    prefixes = [one for one in (wanted.invoice_series, wanted.credit_series) if one and text_problem(one) is None]
    ids = {standing.invoice_series_id, standing.credit_series_id}
    query = select(InvoiceSeries).where(or_(InvoiceSeries.id.in_(ids), InvoiceSeries.prefix.in_(prefixes)))
    return {key: row for row in await session.scalars(query) for key in (row.id, row.prefix)}


async def _entity(session: AsyncSession, wanted: UUID | None, found: Named) -> None:
    if wanted is None:
        return
    found.entity_id = await session.scalar(select(LegalEntity.id).where(LegalEntity.id == wanted))
    if found.entity_id is None:
        found.problems.append(_missing("legalEntity", "legal entity", str(wanted)))


async def _groups(session: AsyncSession, slugs: Sequence[str], problems: list[Problem]) -> frozenset[UUID]:
    """Groups are kept from being deleted until the transaction ends."""
    query = select(CustomerGroup.slug, CustomerGroup.id).where(CustomerGroup.slug.in_(filter(is_slug, slugs)))
    rows = await session.execute(query.order_by(CustomerGroup.id).with_for_update(read=True, key_share=True))
    known = {row.slug: row.id for row in rows}
    for place, slug in enumerate(slugs):
        if slug not in known:
            words = f"There is no customer group {shown(slug)}. Create it first."
            problems.append(Problem(("clientGroups", str(place)), "UNKNOWN_GROUP", words))
        elif slug in slugs[:place]:
            problems.append(Problem(("clientGroups", str(place)), "TWICE", "Name each group once."))
    return frozenset(known.values())


def _missing(path: str, what: str, name: str) -> Problem:
    return Problem((path,), "NOT_FOUND", f"There is no {what} {shown(name)}. Make it first, or name another one.")
