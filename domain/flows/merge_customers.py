"""Two customers are one person: one keeps everything, and orders that waited to know whose they are go on."""

from uuid import UUID

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.models import Customer, CustomerGroupMember, CustomerRef
from domain.discounts.uses import move_client
from domain.estimates.models import Estimate
from domain.intake.release import release_cause
from domain.kernel.actor import Actor, Permission
from domain.kernel.refusals import Forbidden, NotFound, invalid
from domain.orders.history import record
from domain.orders.models import Order
from domain.pricing.models import PriceListMember


async def merge_customers(session: AsyncSession, actor: Actor, keep_id: UUID, drop_id: UUID) -> Customer:
    """Moves orders, groups, price lists and channels' ids of `drop_id` to `keep_id`, and deletes it.

    It changes customers, and orders with them. Raises Forbidden, NotFound and Invalid.
    """
    for permission in (Permission.ORDERS_EDIT, Permission.CUSTOMERS_EDIT):
        if not actor.may(permission):
            raise Forbidden(permission)
    if keep_id == drop_id:
        raise invalid(("drop",), "SAME", "Name two different customers.")
    rows = await session.scalars(
        select(Customer).where(Customer.id.in_([keep_id, drop_id])).order_by(Customer.id).with_for_update()
    )
    found = {customer.id: customer for customer in rows}
    for name, customer_id in (("keep", keep_id), ("drop", drop_id)):
        if customer_id not in found:
            raise NotFound("customer", customer_id, path=(name,))
        if found[customer_id].erased_at is not None:
            raise invalid((name,), "ERASED", "This customer's personal data were erased; it stays by itself.")
    keep, drop = found[keep_id], found[drop_id]
    orders = await session.scalars(
        select(Order)
        .where(Order.customer_id == drop_id)
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for order in orders:
        order.customer_id = keep_id
        await record(session, order, "customer_changed", actor, {"from": str(drop_id), "to": str(keep_id)})
    await session.flush()
    await session.execute(
        update(Estimate).where(Estimate.customer_id == drop_id).values(customer_id=keep_id),
        execution_options={"synchronize_session": False},
    )
    await session.execute(
        update(CustomerRef).where(CustomerRef.customer_id == drop_id).values(customer_id=keep_id),
        execution_options={"synchronize_session": False},
    )
    groups = select(literal(keep_id), CustomerGroupMember.group_id).where(CustomerGroupMember.customer_id == drop_id)
    await session.execute(
        insert(CustomerGroupMember).from_select(["customer_id", "group_id"], groups).on_conflict_do_nothing()
    )
    await move_client(session, keep_id, drop_id)
    lists = select(PriceListMember.price_list_id).where(PriceListMember.customer_id == keep_id)
    await session.execute(
        update(PriceListMember)
        .where(PriceListMember.customer_id == drop_id, PriceListMember.price_list_id.not_in(lists))
        .values(customer_id=keep_id),
        execution_options={"synchronize_session": False},
    )
    emails = {customer.email for customer in (keep, drop) if customer.email}
    keep.email = keep.email or drop.email
    keep.version += 1
    await session.execute(delete(Customer).where(Customer.id == drop_id))
    await session.flush()
    for email in sorted(emails):
        await release_cause(session, f"customer:{email}")
    return keep
