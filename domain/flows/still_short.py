"""An order in Stock Unavailable, or held from there, was edited or resumed: what it lacks is said anew, and procured
(spec STK-3)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.queries import lines_of
from domain.orders.status import Status
from domain.procurement.ask import close_unwanted, open_requests
from domain.procurement.needs import needs_of
from domain.stock.reserve import missing_now

from .effects.confirm import demands_of, shortages_data, variants_of


async def renew_shortages(session: AsyncSession, actor: Actor, order: Order, before: Iterable[UUID]) -> None:
    """Writes what is missing now; asks for what is not asked for yet, and for nothing that nobody wants any more.

    The order is locked, and all that changed is written; `before` are the variants that it had. It stays where it is,
    also if nothing is missing any more: confirming it is a person's decision. On hold it asks for nothing until it is
    resumed.
    """
    if Status.STOCK_UNAVAILABLE not in (order.status, order.held_from) or order.test:
        return
    channel = await session.get_one(Channel, order.channel_id)
    lines = await lines_of(session, order)
    demands = demands_of(lines)
    missing = await missing_now(session, channel.warehouse_id, demands)
    order.shortages = shortages_data(missing)
    skus = {one.sku for one in missing}
    lacking = {demand.variant_id for demand in demands if demand.sku in skus}
    needs = await needs_of(session, channel.warehouse_id, lacking) if lacking else {}
    wanted = [variant for variant, need in needs.items() if need.to_order > 0]
    await open_requests(session, actor, channel.warehouse_id, wanted)
    await close_unwanted(session, channel.warehouse_id, {*before} - variants_of(lines))
