"""The customer agrees: an estimate becomes a sales order with one action (spec ORD-11)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.estimates.models import PREFIX, EstimateState
from domain.estimates.queries import estimate_for_update
from domain.estimates.rules import open_problem
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid
from domain.orders.delivery_point import DeliveryPoint
from domain.orders.models import Order

from .buyers import OrderCustomer
from .create_order import create_order
from .estimate_input import stored_charge, there
from .order_input import CreateOrder, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptEstimate:
    """`promised_on` is needed where the order is entered as a pre-order."""

    estimate_id: UUID
    expected_version: int | None = None
    promised_on: date | None = None
    delivery_point: DeliveryPoint | None = None


async def accept_estimate(session: AsyncSession, actor: Actor, command: AcceptEstimate) -> Order:
    """Enters the order as a Draft, at the estimate's prices: no rule discounts them. One estimate makes one order.

    Raises NotFound, StaleVersion, and Invalid: NOT_OPEN, EXPIRED, or what `create_order` finds wrong (a product that is
    not sold any more), with the estimate's lines counted from 0.
    """
    estimate = await estimate_for_update(session, command.estimate_id, command.expected_version)
    problem = open_problem(estimate, utc_now().date())
    if problem is not None:
        raise Invalid([problem])
    channel = await session.get_one(Channel, estimate.channel_id)
    order = await create_order(
        session,
        actor,
        CreateOrder(
            channel=channel.slug,
            customer=OrderCustomer(id=estimate.customer_id),
            lines=there(estimate),
            shipping=estimate.shipping,
            billing=estimate.billing,
            payment_method=estimate.payment_method,
            currency=estimate.currency,
            note=estimate.note,
            seller=estimate.seller,
            buyer_tax_id=estimate.buyer_tax_id,
            promised_on=command.promised_on,
            delivery_point=command.delivery_point,
            origin=Origin(
                charges=[stored_charge(one) for one in estimate.charges],
                agreed=True,
                data={"estimate": {"id": str(estimate.id), "number": f"{PREFIX}{estimate.number}"}},
            ),
        ),
    )
    estimate.state, estimate.order_id = EstimateState.ACCEPTED, order.id
    estimate.version += 1
    estimate.updated_at = utc_now()
    await session.flush()
    return order
