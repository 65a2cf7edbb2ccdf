"""Setting metafields of an order, a line, a customer or a product (spec EXT-1).

On an order and its lines it is an edit: a new version, and an entry of the history. It asks for no approval again, and
may be done in any status: the fields are the house's own notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.customers.models import Customer
from domain.kernel.actor import Actor, Permission
from domain.kernel.clock import utc_now
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Forbidden, NotFound, StaleVersion, invalid
from domain.metafields.define import lock_of
from domain.metafields.models import Owner
from domain.metafields.queries import fields_of
from domain.metafields.rules import Value
from domain.metafields.values import Sent, changes, checked, merged
from domain.orders.history import record
from domain.orders.models import OrderLine
from domain.orders.queries import check_version, order_for_update

from .edited import mark_edited

NEEDED: Mapping[Owner, Permission] = {
    Owner.ORDER: Permission.ORDERS_EDIT,
    Owner.LINE: Permission.ORDERS_EDIT,
    Owner.CUSTOMER: Permission.CUSTOMERS_EDIT,
    Owner.PRODUCT: Permission.CATALOG_EDIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMetafields:
    """`id` is the owner's; `expected_version` is the order's (also for a line) or the customer's, None asks for no
    check, and products have none. Fields that are not named keep their values."""

    owner: Owner
    id: UUID
    values: Sequence[Sent]
    expected_version: int | None = None


async def set_metafields(session: AsyncSession, actor: Actor, command: SetMetafields) -> dict[str, Any]:
    """Writes the values, and returns all that the owner has now. What is there already changes nothing.

    Raises Forbidden, NotFound, StaleVersion, and Invalid naming every wrong value.
    """
    if not actor.may(NEEDED[command.owner]):
        raise Forbidden(NEEDED[command.owner])
    await lock_names(session, [lock_of(command.owner)], shared=True)
    values = checked(command.values, await fields_of(session, command.owner), actor)
    return await _WRITERS[command.owner](session, actor, command, values) or {}


Values = Mapping[str, Value | None]


async def _of_order(
    session: AsyncSession, actor: Actor, command: SetMetafields, values: Values
) -> dict[str, Any] | None:
    order = await order_for_update(session, command.id)
    check_version(order, command.expected_version)
    after = merged(order.metafields, values)
    changed = changes(order.metafields, after)
    if changed:
        order.metafields = after
        await mark_edited(session, order)
        await record(session, order, "metafields_changed", actor, {"changes": changed})
    return after


async def _of_line(
    session: AsyncSession, actor: Actor, command: SetMetafields, values: Values
) -> dict[str, Any] | None:
    order_id = await session.scalar(select(OrderLine.order_id).where(OrderLine.id == command.id))
    if order_id is None:
        raise NotFound("line", command.id, path=("id",))
    order = await order_for_update(session, order_id)
    check_version(order, command.expected_version)
    line = await session.get(OrderLine, command.id, populate_existing=True)
    if line is None:
        raise NotFound("line", command.id, path=("id",))
    after = merged(line.metafields, values)
    changed = changes(line.metafields, after)
    if changed:
        line.metafields = after
        await mark_edited(session, order)
        data = {"line": str(line.id), "sku": line.sku, "changes": changed}
        await record(session, order, "metafields_changed", actor, data)
    return after


async def _of_customer(
    session: AsyncSession, actor: Actor, command: SetMetafields, values: Values
) -> dict[str, Any] | None:
    customer = await session.get(Customer, command.id, with_for_update={"key_share": True}, populate_existing=True)
    if customer is None:
        raise NotFound("customer", command.id, path=("id",))
    if customer.erased_at is not None:
        raise invalid(("id",), "ERASED", "This customer's personal data were erased. Enter the person anew.")
    if command.expected_version not in (None, customer.version):
        raise StaleVersion("customer", expected=command.expected_version or 0, current=customer.version)
    after = merged(customer.metafields, values)
    if changes(customer.metafields, after):
        customer.metafields = after
        customer.version += 1
        customer.updated_at = utc_now()
    await session.flush()
    return after


async def _of_product(
    session: AsyncSession, actor: Actor, command: SetMetafields, values: Values
) -> dict[str, Any] | None:
    variant = await session.get(Variant, command.id, with_for_update={"key_share": True}, populate_existing=True)
    if variant is None:
        raise NotFound("product", command.id, path=("id",))
    after = merged(variant.metafields, values)
    if changes(variant.metafields, after):
        variant.metafields = after
        variant.updated_at = utc_now()
    await session.flush()
    return after


_WRITERS = {
    Owner.ORDER: _of_order,
    Owner.LINE: _of_line,
    Owner.CUSTOMER: _of_customer,
    Owner.PRODUCT: _of_product,
}
