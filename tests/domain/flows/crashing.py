"""Run as a process of its own that dies at a crash point: `python -m tests.domain.flows.crashing URL WHAT ORDER`."""

import asyncio
import sys
from decimal import Decimal
from uuid import UUID

from domain.flows.create_order import CreateOrder, OrderCustomer, OrderedLine, create_order
from domain.flows.move import MoveOrder, move_order
from domain.kernel.database import Database
from domain.orders.status import Status
from tests.support.builders import OPERATOR


async def main(url: str, what: str, order: str) -> None:
    database = Database(url, pool_size=1)
    async with database.begin() as session:
        if what == "create":
            command = CreateOrder(
                channel="manual",
                lines=[OrderedLine("MUG", Decimal(1))],
                customer=OrderCustomer(name="Ana"),
                external_id="X-1",
            )
            await create_order(session, OPERATOR, command)
        else:
            await move_order(session, OPERATOR, MoveOrder(order_id=UUID(order), to=Status[what]))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
