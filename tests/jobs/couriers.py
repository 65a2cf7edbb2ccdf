"""Shipments that wait for a courier, with Innoship's sandbox as the far side."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from connectors.innoship.sandbox import API_KEY, LOCATION, create_app
from connectors.innoship.sandbox.book import Book
from domain.flows.ship import RequestAwb, request_awb
from domain.kernel.outbox import OutboxRow
from domain.orders.models import HistoryEntry, Order
from domain.shipping.accounts import CreateCourierAccount, create_account
from domain.shipping.models import Shipment, ShippingStarts
from jobs.runtime import Runtime
from omnisales_sdk import ENTRY_POINT_GROUP
from omnisales_sdk.testing.sandbox import Fault, Faults, serve
from tests.support.builders import OPERATOR
from tests.support.shipping import make_confirmed_order, make_packed

ENTRY_POINTS = [
    EntryPoint("innoship", "tests.jobs.quick_innoship", ENTRY_POINT_GROUP),
    EntryPoint("manual", "connectors.manual", ENTRY_POINT_GROUP),
]


@dataclass(frozen=True)
class Courier:
    """A running sandbox."""

    url: str
    faults: Faults
    book: Book

    def awbs_of(self, key: str) -> list[str]:
        return [shipment.awb for shipment in self.book.under(key)]

    def lose_answer(self, times: int | None = 1) -> None:
        self.faults.add(Fault(kind="lost_answer", match="POST /api/Order", times=times))


@contextmanager
def running_courier(**options: Any) -> Iterator[Courier]:
    app = create_app(**options)
    with serve(app) as running:
        yield Courier(running.url, app.state.faults, app.state.book)


async def ask_for_awb(
    runtime: Runtime,
    url: str,
    *,
    connector: str = "innoship",
    starts: ShippingStarts = ShippingStarts.AWB,
    order: dict[str, Any] | None = None,
    **asked: Any,
) -> Shipment:
    """A confirmed, packed order whose AWB was asked for: the shipment and its piece of work are committed."""
    settings = {"api_url": url, "query_url": url, "external_client_location": LOCATION}
    async with runtime.database.begin() as session:
        account = await create_account(
            session,
            OPERATOR,
            CreateCourierAccount(
                slug="courier",
                title="Courier",
                connector=connector,
                settings=settings if connector == "innoship" else {},
                credentials={"api_key": API_KEY} if connector == "innoship" else {},
                shipping_starts=starts,
            ),
            runtime.vault,
        )
        packed = await make_packed(session, await make_confirmed_order(session, **(order or {})))
        return await request_awb(
            session, OPERATOR, RequestAwb(packing_list_id=packed.id, account=account.slug, **asked)
        )


async def works(runtime: Runtime, consumer: str) -> list[OutboxRow]:
    async with runtime.database.begin() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == consumer).order_by(OutboxRow.id))
        return list(rows)


async def make_due(runtime: Runtime, consumer: str) -> list[int]:
    """As the relay would after the pause: the ids of the consumer's rows, stamped."""
    async with runtime.database.begin() as session:
        rows = await session.scalars(
            update(OutboxRow)
            .where(OutboxRow.consumer == consumer)
            .values(sent_at=OutboxRow.created_at)
            .returning(OutboxRow.id)
        )
        return list(rows)


async def shipment_now(runtime: Runtime, shipment_id: UUID) -> Shipment:
    async with runtime.database.begin() as session:
        return await session.get_one(Shipment, shipment_id)


async def order_now(runtime: Runtime, order_id: UUID) -> Order:
    async with runtime.database.begin() as session:
        return await session.get_one(Order, order_id)


async def kinds(runtime: Runtime, order_id: UUID) -> list[str]:
    async with runtime.database.begin() as session:
        rows = await session.scalars(
            select(HistoryEntry.kind).where(HistoryEntry.order_id == order_id).order_by(HistoryEntry.seq)
        )
        return list(rows)
