"""Whatever is done to the stock in whatever order: the ledger tells the levels, and nothing is promised twice."""

import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.cancel_rest import cancel_rest
from domain.flows.confirm_part import ConfirmPart, confirm_partly, confirm_rest
from domain.flows.move import MoveOrder, move_order
from domain.flows.take_in import ReceiveStock, StockLine, receive_stock
from domain.kernel.refusals import Refusal
from domain.orders.models import Order
from domain.orders.status import Status
from domain.stock.correct import CorrectStock, correct_stock
from domain.stock.models import BackOrder, Reservation, StockLevel
from domain.stock.prove import prove_stock
from domain.stock.quarantine import Quarantine, quarantine_stock, release_stock
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order, make_variant
from tests.support.shipping import make_account, make_packed, make_shipment

STEPS = 30


@pytest.mark.spec("STK-1")
@pytest.mark.spec("STK-2")
@pytest.mark.spec("STK-5")
@pytest.mark.parametrize("seed", range(6))
async def test_the_ledger_tells_the_levels_after_every_step(session: AsyncSession, seed: int) -> None:
    walk = await Walk.begin(session, random.Random(seed))
    refused = 0
    for _ in range(STEPS):
        try:
            async with session.begin_nested():
                await walk.step()
                await session.flush()
        except Refusal:
            refused += 1
        assert await prove_stock(session) == []
        await walk.check_back_orders()
    assert refused < STEPS


class Walk:
    """Steps on two variants and the orders that want them, chosen by dice."""

    def __init__(self, session: AsyncSession, dice: random.Random) -> None:
        self.session, self.dice, self.parcels = session, dice, 0

    @classmethod
    async def begin(cls, session: AsyncSession, dice: random.Random) -> "Walk":
        walk = cls(session, dice)
        walk.variants = [await make_variant(session, sku, stock=5) for sku in ("MUG", "CUP")]
        walk.channel, walk.customer = await make_channel(session), await make_customer(session)
        walk.account = await make_account(session)
        return walk

    async def step(self) -> None:
        sku, quantity = self.dice.choice(("MUG", "CUP")), Decimal(self.dice.randint(1, 4))
        apart = Quarantine(sku=sku, quantity=quantity, reason="walk", discard=self.dice.random() < 0.5)
        fix = CorrectStock(sku=sku, difference=quantity - 2, reason="walk")
        come = ReceiveStock(lines=[StockLine(sku, quantity)])
        steps: list[Callable[[], Awaitable[Any]]] = [
            lambda: receive_stock(self.session, OPERATOR, come),
            lambda: correct_stock(self.session, OPERATOR, fix),
            lambda: quarantine_stock(self.session, OPERATOR, apart),
            lambda: release_stock(self.session, OPERATOR, apart),
            self.order,
            self.order,
            lambda: self.move(Status.CONFIRMED),
            lambda: self.move(Status.CANCELLED),
            lambda: self.move(Status.STOCK_UNAVAILABLE),
            lambda: self.part(confirm_partly),
            lambda: self.part(confirm_rest),
            lambda: self.part(cancel_rest),
            self.ship,
        ]
        await self.dice.choice(steps)()

    async def order(self) -> None:
        lines = [(self.dice.choice(self.variants), self.dice.randint(1, 4)) for _ in range(2)]
        await make_order(self.session, lines, channel=self.channel, customer=self.customer)

    async def any_order(self) -> Order:
        orders = (await self.session.scalars(select(Order).order_by(Order.number))).all()
        return self.dice.choice(orders) if orders else await make_order(self.session, [(self.variants[0], 1)])

    async def move(self, to: Status) -> None:
        order = await self.any_order()
        await move_order(self.session, OPERATOR, MoveOrder(order_id=order.id, to=to))

    async def part(self, act: Callable[..., Awaitable[Any]]) -> None:
        order = await self.any_order()
        await act(self.session, OPERATOR, ConfirmPart(order_id=order.id, reason="walk"))

    async def ship(self) -> None:
        packing_list = await make_packed(self.session, await self.any_order())
        self.parcels += 1
        await make_shipment(self.session, packing_list, self.account, f"AWB-{self.parcels}")

    async def check_back_orders(self) -> None:
        """What waits and what is reserved of a line are never more than the line; nothing is kept beyond the shelf."""
        for order in await self.session.scalars(select(Order).execution_options(populate_existing=True)):
            await self.session.refresh(order, ["lines"])
            for line in order.lines:
                waits = await self.session.scalar(select(BackOrder.quantity).where(BackOrder.order_line_id == line.id))
                kept = await self.session.scalar(
                    select(Reservation.quantity).where(Reservation.order_line_id == line.id)
                )
                assert (waits or 0) + (kept or 0) <= line.quantity
        for level in await self.session.scalars(select(StockLevel).execution_options(populate_existing=True)):
            assert min(level.reserved, level.quarantined, level.on_hand - level.reserved - level.quarantined) >= 0
