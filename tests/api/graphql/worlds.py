"""Two worlds side by side: what a caller with a limited view may see, and what not. Texts of the other are marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.models import ApiKey
from domain.approvals.models import ApprovalState, Asked, OrderApproval, OrderApprovalStep
from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.estimates.models import Estimate
from domain.flows.buyers import OrderCustomer
from domain.flows.estimate import CreateEstimate, create_estimate
from domain.flows.estimate_input import Offered
from domain.flows.order_input import OrderedLine
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.orders.models import NoteAudience, Order, OrderNote
from domain.orders.status import Status
from domain.payments.models import MoneyFlow, Payment
from domain.shipping.models import CourierAccount, Shipment
from domain.stock.models import BackOrder
from domain.teams.models import Team, TeamChannel
from tests.api.conftest import Api
from tests.api.graphql.scenes import make_account, make_shipment
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order, make_variant

OWN, FOREIGN = "ana", "bogdan"
MARK = "Zvonimir"
"""In the texts of the foreign world, and nowhere else."""


@dataclass(frozen=True, slots=True)
class World:
    """One seller's, in one channel."""

    seller: str
    channel: Channel
    orders: dict[Status, Order]
    shipment: Shipment
    estimate: Estimate
    customer_id: UUID
    email: str
    external_id: str
    note: OrderNote
    payment: Payment
    entry: DiaryEntry

    @property
    def order(self) -> Order:
        return self.orders[Status.DRAFT]

    def texts(self) -> set[str]:
        """What must not be seen by those who do not see this world."""
        found = {str(order.id) for order in self.orders.values()}
        found |= {f'"{order.number}"' for order in self.orders.values()}
        found |= {str(self.estimate.id), str(self.customer_id), str(self.channel.id), self.external_id}
        return found | {str(self.shipment.id), str(self.entry.id), f"AWB-{self.order.number}"}


@dataclass(frozen=True, slots=True)
class Worlds:
    own: World
    foreign: World
    variant: Variant


SELLER_KEY, TEAM_KEY, NOBODY_KEY = "key-of-a-seller", "key-of-a-team", "key-of-an-empty-team"


async def make_keys(session: AsyncSession, worlds: Worlds) -> None:
    """Keys that may everything, in the own world only: by its seller, by its channel; and one that sees nothing."""
    now = utc_now()
    teams = [Team(slug=slug, title=slug, version=1, created_at=now, updated_at=now) for slug in ("own", "empty")]
    session.add_all(teams)
    await session.flush()
    session.add(TeamChannel(team_id=teams[0].id, channel_id=worlds.own.channel.id))
    limits: Mapping[str, Mapping[str, Any]] = {
        SELLER_KEY: {"seller": OWN, "own_orders_only": True},
        TEAM_KEY: {"team_id": teams[0].id},
        NOBODY_KEY: {"team_id": teams[1].id},
    }
    for plain, limit in limits.items():
        session.add(
            ApiKey(
                name=plain,
                key_hash=digest(plain),
                permissions=sorted(Permission),
                roles=["sales_manager"],
                created_at=now,
                **limit,
            )
        )
    await session.flush()


async def ask_as(api: Api, key: str, query: str, variables: Mapping[str, Any] | None = None) -> httpx.Response:
    """Posts a document with one of these keys."""
    headers = {"Authorization": f"Bearer {key}"}
    return await api.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=headers)


async def make_worlds(api: Api) -> Worlds:
    async with api.database.begin() as session:
        variant = await make_variant(session, stock=100)
        account = await make_account(session)
        own = await _world(session, OWN, "Maria", variant, account)
        foreign = await _world(session, FOREIGN, MARK, variant, account)
        await make_keys(session, Worlds(own, foreign, variant))
    return Worlds(own, foreign, variant)


async def _world(session: AsyncSession, seller: str, mark: str, variant: Variant, account: CourierAccount) -> World:
    channel = await make_channel(session, connector="manual")
    channel.title = f"Shop of {mark}"
    customer = await make_customer(session, name=mark, email=f"{mark.lower()}@mail.example", phone="0722000333")
    address = {"name": mark, "street": f"{mark} street 1", "city": "Brașov", "country": "RO", "phone": "0722000333"}
    orders = {}
    for status in (Status.DRAFT, Status.CONFIRMED, Status.DELIVERED):
        external = f"{mark}-{status.name}"
        orders[status] = await make_order(
            session,
            [(variant, 1)],
            channel=channel,
            customer=customer,
            status=status,
            seller=seller,
            external_id=external,
            external_number=f"N-{external}",
            billing=address,
            shipping=address,
            note=f"note of {mark}",
        )
    order = orders[Status.DRAFT]
    shipment = await make_shipment(session, order, account)
    now = utc_now()
    note = OrderNote(order_id=order.id, audience=NoteAudience.STAFF, text=f"said {mark}", author="x", at=now, version=1)
    payment = Payment(
        order_id=order.id,
        flow=MoneyFlow.PAYMENT,
        amount=Decimal(1),
        currency="RON",
        reference=f"ref {mark}",
        at=now,
        actor="x",
        voided=False,
    )
    entry = DiaryEntry(
        at=now,
        channel_id=channel.id,
        direction=Direction.IN,
        cause="status:x",
        message=f"a problem of {mark}",
        state=DiaryState.OPEN,
        order_id=order.id,
    )
    confirmed = orders[Status.CONFIRMED]
    waiting = BackOrder(
        order_line_id=confirmed.lines[0].id,
        order_id=confirmed.id,
        warehouse_id=channel.warehouse_id,
        variant_id=variant.id,
        quantity=Decimal(1),
        since=now,
    )
    session.add_all([note, payment, entry, waiting])
    await session.flush()
    approval = OrderApproval(
        order_id=order.id,
        number=1,
        asked=Asked.ENTERED,
        asked_at=now,
        rules=[],
        four_eyes=False,
        state=ApprovalState.PENDING,
        step=1,
        role="sales_manager",
    )
    session.add(approval)
    await session.flush()
    session.add(OrderApprovalStep(approval_id=approval.id, number=1, role="sales_manager"))
    await session.flush()
    offered = Offered(
        customer=OrderCustomer(id=customer.id), lines=[OrderedLine(variant.sku, Decimal(1))], seller=seller
    )
    estimate = await create_estimate(session, OPERATOR, CreateEstimate(offered=offered, channel=channel.slug))
    external_id = order.external_id
    assert external_id is not None
    return World(
        seller,
        channel,
        orders,
        shipment,
        estimate,
        customer.id,
        f"{mark.lower()}@mail.example",
        external_id,
        note,
        payment,
        entry,
    )
