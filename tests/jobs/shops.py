"""A channel with WooCommerce's sandbox behind it."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from connectors.woocommerce.sandbox import KEY, SECRET
from domain.channels.create import CreateChannel, create_channel
from domain.channels.models import Channel
from domain.channels.settings import Settings
from domain.diary.models import DiaryEntry
from domain.flows.upsert_product import UpsertProduct, upsert_product
from domain.intake.models import InboxItem, Source
from domain.intake.store import NewItem, store_items
from domain.kernel.outbox import enqueue
from domain.orders.models import Order
from jobs.runtime import Runtime
from omnisales_sdk import ENTRY_POINT_GROUP
from omnisales_sdk.testing.sandbox import Faults
from tests.support.builders import OPERATOR

ENTRY_POINTS = [EntryPoint("woocommerce", "tests.jobs.quick_woocommerce", ENTRY_POINT_GROUP)]
WEBHOOK_SECRET = "a webhook secret of the tests"
SKUS = ("CANA-300", "TRIC-RO", "TRIC-AL", "CARTE-01", "STERS-1", "VOUCHER-100")
METHODS = {"cod": "on_delivery", "bacs": "prepaid", "card": "prepaid"}


@dataclass(frozen=True)
class Shop:
    """A running sandbox, and the channel that stands for it."""

    url: str
    faults: Faults
    channel_id: UUID

    async def control(self, door: str, body: Any = None, method: str = "POST") -> Any:
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, f"{self.url}/_sandbox/{door}", json={} if body is None else body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def place(self, template: str = "guest-cod", count: int = 1, **changes: Any) -> list[str]:
        """Orders placed at the checkout; their ids."""
        wanted = {"template": template, "count": count, "changes": changes}
        return [str(number) for number in (await self.control("orders", wanted))["ids"]]

    async def change(self, number: str, **body: Any) -> None:
        await self.control(f"orders/{number}", body)

    async def order(self, number: str) -> dict[str, Any]:
        """The order as the sandbox knows it, with the count of writes to it."""
        state: dict[str, Any] = (await self.control("state", method="GET"))["orders"][number]
        return state

    async def body_of(self, number: str) -> bytes:
        """The order as the store's API gives it."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(
                f"{self.url}/wp-json/wc/v3/orders/{number}", params={"consumer_key": KEY, "consumer_secret": SECRET}
            )
        assert answer.status_code == 200, answer.text
        return answer.content


async def open_shop(
    runtime: Runtime,
    url: str,
    *,
    slug: str = "shop",
    products: bool = True,
    methods: dict[str, str] | None = None,
    settings: dict[str, Any] | None = None,
    **channel: Any,
) -> Channel:
    """A channel of the store at `url`, with its products and payment methods known, unless said otherwise."""
    async with runtime.database.begin() as session:
        made = await create_channel(
            session,
            OPERATOR,
            CreateChannel(
                slug=slug,
                title="Shop",
                connector="woocommerce",
                settings={"store_url": url, "auth": "query", **(settings or {})},
                credentials={
                    "consumer_key": KEY,
                    "consumer_secret": SECRET,
                    "webhook_secret": WEBHOOK_SECRET,
                },
                mappings={"paymentMethods": METHODS if methods is None else methods},
                business=Settings(**channel),
            ),
            runtime.vault,
        )
        for sku in SKUS if products else ():
            await upsert_product(session, OPERATOR, UpsertProduct(sku=sku, name=sku))
        return made


async def deliver(
    runtime: Runtime,
    channel_id: UUID,
    *bodies: bytes,
    topic: str = "order.updated",
    verified: bool = True,
    headers: dict[str, str] | None = None,
) -> list[UUID]:
    """Webhooks as the door stores them."""
    async with runtime.database.begin() as session:
        return await store_items(
            session,
            [
                NewItem(
                    channel_id=channel_id,
                    source=Source.WEBHOOK,
                    body=body,
                    headers={"x-wc-webhook-topic": topic, **(headers or {})},
                    verified=verified,
                )
                for body in bodies
            ],
        )


async def ask_to_fetch(runtime: Runtime, channel_id: UUID, run_id: UUID | None = None) -> None:
    payload = {"channel_id": str(channel_id)} | ({"run_id": str(run_id)} if run_id else {})
    async with runtime.database.begin() as session:
        await enqueue(session, "fetch_orders", f"channel:{channel_id}", payload)


async def items(runtime: Runtime) -> list[InboxItem]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(InboxItem).order_by(InboxItem.received_at, InboxItem.id)))


async def orders(runtime: Runtime) -> list[Order]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(Order).order_by(Order.number)))


async def diary(runtime: Runtime) -> list[tuple[str, str]]:
    """Cause and state of each entry."""
    async with runtime.database.begin() as session:
        entries = await session.scalars(select(DiaryEntry).order_by(DiaryEntry.cause))
        return [(entry.cause, entry.state.value) for entry in entries]
