"""Confirms the orders that stand in Processing, and says of each what came of it.

    python confirm_reviewed.py http://127.0.0.1:8000 <key>

Every refusal is a type of its own: what the caller can mend is told from what a person must look at.
"""

import asyncio
import sys
from collections.abc import AsyncIterator

from omnisales_client import (
    ConfirmOrderConfirmOrder,
    ConfirmOrderConfirmStaleVersion,
    OmniSales,
    OrderFilter,
    OrderStatus,
    QueueOrdersEdgesNode,
)

PAGE = 50


async def reviewed(api: OmniSales) -> AsyncIterator[QueueOrdersEdgesNode]:
    """The orders in Processing, page after page."""
    after: str | None = None
    while True:
        page = (await api.queue(first=PAGE, after=after, filter_=OrderFilter(status=[OrderStatus.PROCESSING]))).orders
        for edge in page.edges:
            yield edge.node
        if not page.page_info.has_next_page:
            return
        after = page.page_info.end_cursor


async def confirm(api: OmniSales, order: QueueOrdersEdgesNode) -> str:
    """Confirms the order as it was read, and says what came of it."""
    answer = (await api.confirm(id=order.id, version=order.version)).order_confirm
    match answer:
        case ConfirmOrderConfirmOrder(status=OrderStatus.STOCK_UNAVAILABLE):
            return "waits for " + ", ".join(short.sku for short in answer.shortages)
        case ConfirmOrderConfirmOrder():
            return "confirmed"
        case ConfirmOrderConfirmStaleVersion():
            return f"was changed meanwhile (version {answer.current_version}): look again"
        case _:
            return f"{answer.code}: {answer.message}"


async def main(address: str, key: str) -> None:
    async with OmniSales(url=f"{address}/graphql", headers={"Authorization": f"Bearer {key}"}) as api:
        # All are read before the first is confirmed: a confirmed order leaves the list that is being paged.
        for order in [order async for order in reviewed(api)]:
            print(f"{order.number}  {order.total.amount:>10} {order.total.currency}  {await confirm(api, order)}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
