"""Makes estimates of rows, with every part that the selection asks for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.address import address
from api.graphql.types.estimate import Estimate, EstimateCharge, EstimateLine, EstimateState
from api.graphql.types.ids import gid
from api.graphql.types.money import money, plain, plain_or_none, unit_price
from api.graphql.types.order import ChargeKind
from domain.estimates.models import PREFIX
from domain.estimates.rules import is_expired
from domain.flows.estimate_input import stored_charge
from domain.kernel.clock import utc_now
from domain.reads import estimate_rows
from domain.reads.rows import AnyRow, Rows

from .grouping import grouped
from .orders import orders_by_key
from .people import channels_by_key, customers_by_key


async def make_estimates(context: Context, connection: AsyncConnection, rows: Rows, asked: Selection) -> list[Estimate]:
    """The estimates of these rows (all columns), in their order; each further part is one statement for all."""
    made = [_estimate(row) for row in rows]
    if not made:
        return made
    if "lines" in asked:
        currencies = {row.id: row.currency for row in rows}
        found = await estimate_rows.estimate_lines(connection, list(currencies))
        lines = grouped(found, lambda row: _line(row, currencies[row.estimate_id]))
        for one in made:
            one.lines = lines[one.key]
    if "channel" in asked:
        channels = await channels_by_key(context, connection, [row.channel_id for row in rows], asked["channel"])
        for one, row in zip(made, rows, strict=True):
            one.channel = channels[row.channel_id]
    if "customer" in asked:
        customers = await customers_by_key(connection, [row.customer_id for row in rows], asked["customer"])
        for one, row in zip(made, rows, strict=True):
            one.customer = customers[row.customer_id]
    if "order" in asked:
        ids = [row.order_id for row in rows if row.order_id is not None]
        orders = await orders_by_key(context, connection, ids, asked["order"])
        for one, row in zip(made, rows, strict=True):
            one.order = orders.get(row.order_id)
    return made


async def estimates_by_key(
    context: Context, connection: AsyncConnection, ids: Sequence[UUID], asked: Selection
) -> dict[UUID, Estimate]:
    """Estimates by their ids."""
    rows = await estimate_rows.estimates_by_id(connection, ids)
    return {one.key: one for one in await make_estimates(context, connection, rows, asked)}


def _estimate(row: AnyRow) -> Estimate:
    made = object.__new__(Estimate)  # parts that nobody asked for stay unmade
    made.__dict__ = {
        "key": row.id,
        "id": gid(row.id),
        "number": f"{PREFIX}{row.number}",
        "state": EstimateState.EXPIRED if is_expired(row, utc_now().date()) else EstimateState[row.state.name],
        "billing_address": address(row.billing),
        "shipping_address": address(row.shipping),
        "charges": [
            EstimateCharge(
                kind=ChargeKind(one.kind),
                title=one.title,
                amount=money(one.amount, row.currency),
                tax=money(one.tax, row.currency),
            )
            for one in map(stored_charge, row.charges)
        ],
        **{name: money(getattr(row, name), row.currency) for name in _AMOUNTS},
        **{name: getattr(row, name) for name in _PLAIN},
    }
    return made


_AMOUNTS = ("subtotal", "fee_total", "shipping_total", "tax_total", "total")
_PLAIN = (
    *("version", "valid_until", "seller", "buyer_tax_id", "payment_method", "note", "currency", "reason", "author"),
    *("created_at", "updated_at"),
)


def _line(row: AnyRow, currency: str) -> EstimateLine:
    return EstimateLine(
        id=gid(row.id),
        position=row.position + 1,
        sku=row.sku,
        name=row.name,
        quantity=plain(row.quantity),
        unit_price=unit_price(row.unit_price, currency),
        subtotal=money(row.subtotal, currency),
        tax=money(row.tax, currency),
        tax_rate=plain_or_none(row.tax_rate),
        total=money(row.total, currency),
    )
