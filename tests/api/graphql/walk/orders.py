"""Arguments of what is done with orders, from their entry to their parcels."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.channels.models import PaymentKind
from domain.flows.confirm_part import ConfirmPart, confirm_partly
from domain.flows.pay import RecordPayment, pay_order
from domain.flows.ship import awb_unknown
from domain.orders.models import Order
from domain.orders.status import Status
from domain.payments.models import Payment
from tests.api.graphql.scenes import make_account as make_hand
from tests.api.graphql.scenes import make_shipment
from tests.support.approvals import make_rule
from tests.support.builders import OPERATOR, add_stock, make_channel, make_order, make_variant
from tests.support.discounts import make_rule as make_discount

from .world import WALKER, World

PARCEL = {"lengthCm": "20", "widthCm": "15", "heightCm": "10", "weightKg": "1.2"}


def _id(thing: Any) -> str:
    return str(thing.id)


async def _draft(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await world.order())}}


async def _order_create(world: World) -> dict[str, Any]:
    lines = [{"sku": await world.sku(), "quantity": "1"}]
    return {"input": {"channel": "manual", "customer": {"name": "Ana Pop"}, "lines": lines}}


async def _held(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await world.order(Status.ON_HOLD))}}


async def _order_move(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await world.order()), "to": "ON_HOLD"}}


async def _order_edit(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await world.order()), "note": world.word()}}


async def _order_edit_lines(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await world.order()), "lines": [{"sku": await world.sku(), "quantity": "1"}]}}


async def _order_edit_address(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await world.order()), "shippingAddress": {"name": "Ana", "city": "Cluj"}}}


async def _partly(world: World, comes: int = 0) -> Order:
    """Confirmed with one piece of three; `comes` more came then."""
    async with world.session() as session:
        variant = await make_variant(session, stock=1)
        order = await make_order(session, [(variant, 3)])
        await confirm_partly(session, OPERATOR, ConfirmPart(order_id=order.id))
        if comes:
            await add_stock(session, variant, comes)
    return order


async def _order_confirm_partly(world: World) -> dict[str, Any]:
    async with world.session() as session:
        variant = await make_variant(session, stock=1)
        return {"input": {"id": _id(await make_order(session, [(variant, 3)]))}}


async def _order_confirm_rest(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await _partly(world, comes=2))}}


async def _order_cancel_rest(world: World) -> dict[str, Any]:
    return {"input": {"id": _id(await _partly(world)), "reason": "not made any more"}}


async def _voucher(world: World) -> str:
    code = world.word().upper()
    async with world.session() as session:
        await make_discount(session, voucher=code)
    return code


async def _voucher_apply(world: World) -> dict[str, Any]:
    made = await world.do("orderCreate", **await _order_create(world))
    return {"input": {"id": made["id"], "code": await _voucher(world)}}


async def _voucher_remove(world: World) -> dict[str, Any]:
    given = await _voucher_apply(world)
    await world.do("orderVoucherApply", **given)
    return given


async def _payment_record(world: World) -> dict[str, Any]:
    return {"input": {"order": _id(await world.order()), "amount": "1"}}


async def _payment_void(world: World) -> dict[str, Any]:
    async with world.session() as session:
        order = await make_order(session, payment_kind=PaymentKind.PREPAID)
        await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal(1)))
        [key] = await session.scalars(select(Payment.id).where(Payment.order_id == order.id))
    return {"input": {"id": str(key), "reason": "booked twice"}}


async def _note_add(world: World) -> dict[str, Any]:
    return {"input": {"order": _id(await world.order()), "text": world.word()}}


async def _note_edit(world: World) -> dict[str, Any]:
    made = await world.do("orderNoteAdd", **await _note_add(world))
    return {"input": {"id": made["notes"][0]["id"], "text": world.word()}}


async def _bulk(world: World) -> dict[str, Any]:
    return {"input": {"action": "HOLD", "ids": [_id(await world.order())]}}


async def _bulk_run(world: World) -> dict[str, Any]:
    return {"id": (await world.do("ordersBulk", **await _bulk(world)))["id"]}


async def _waiting_for_approval(world: World) -> Order:
    async with world.session() as session:
        channel = await make_channel(session)
        await make_rule(session, name=world.word(), steps=[WALKER], channels=[channel.slug])
        return await make_order(session, channel=channel)


async def _approve(world: World) -> dict[str, Any]:
    order = await _waiting_for_approval(world)
    return {"input": {"id": _id(order), "expectedVersion": order.version}}


async def _reject(world: World) -> dict[str, Any]:
    given = await _approve(world)
    return {"input": {**given["input"], "reason": "too dear"}}


async def _order(world: World) -> dict[str, Any]:
    return {"by": {"id": _id(await world.order())}}


async def _order_at(world: World) -> dict[str, Any]:
    return {"id": _id(await world.order()), "at": world.time()}


async def _offer(world: World) -> dict[str, Any]:
    lines = [{"sku": await world.sku(), "quantity": "1"}]
    return {"input": {"channel": "manual", "customer": {"name": "Ana Pop"}, "lines": lines}}


async def _estimate(world: World) -> dict[str, Any]:
    return {"id": (await world.do("estimateCreate", **await _offer(world)))["id"]}


async def _estimate_input(world: World) -> dict[str, Any]:
    return {"input": await _estimate(world)}


async def _delivery_note(world: World) -> dict[str, Any]:
    return {"input": {"order": _id(await world.order(Status.CONFIRMED))}}


async def _packing_list(world: World) -> dict[str, Any]:
    return {"input": {"deliveryNote": (await world.do("deliveryNoteCreate", **await _delivery_note(world)))["id"]}}


async def _pack(world: World) -> dict[str, Any]:
    made = await world.do("packingListCreate", **await _packing_list(world))
    return {"input": {"id": made["id"], "parcels": [PARCEL]}}


async def _packed(world: World) -> dict[str, Any]:
    return {"id": (await world.do("packingListPack", **await _pack(world)))["id"]}


async def _awb(world: World) -> dict[str, Any]:
    given = await _packed(world)
    await world.do("packingListApprove", **given)
    async with world.session() as session:
        account = await make_hand(session, slug=world.word())
    return {"input": {"packingList": given["id"], "account": account.slug, "awb": world.word()}}


async def _shipment(world: World) -> dict[str, Any]:
    async with world.session() as session:
        account = await make_hand(session, slug=world.word())
        return {"id": _id(await make_shipment(session, await make_order(session), account))}


async def _unknown_shipment(world: World) -> dict[str, Any]:
    made = await world.do("awbCreate", **await _awb(world))
    async with world.session() as session:
        await awb_unknown(session, UUID(made["id"]), "No answer came.")
    return {"input": {"id": made["id"], "awb": world.word()}}


async def _changed(world: World) -> dict[str, Any]:
    """From before something happened."""
    cursor = await world.do("changesCursor")
    await world.order()
    return {"after": cursor}


ORDERS = {
    **dict.fromkeys(
        ("orderConfirm", "orderCancel", "orderHold", "orderDuplicate", "orderApprovalAskAgain"),
        _draft,
    ),
    "orderCreate": _order_create,
    "orderResume": _held,
    "orderMove": _order_move,
    "orderEdit": _order_edit,
    "orderEditLines": _order_edit_lines,
    "orderEditAddress": _order_edit_address,
    "orderConfirmPartly": _order_confirm_partly,
    "orderConfirmRest": _order_confirm_rest,
    "orderCancelRest": _order_cancel_rest,
    "orderVoucherApply": _voucher_apply,
    "orderVoucherRemove": _voucher_remove,
    "paymentRecord": _payment_record,
    "paymentVoid": _payment_void,
    "orderNoteAdd": _note_add,
    "orderNoteEdit": _note_edit,
    "ordersBulk": _bulk,
    "bulkRunCancel": _bulk_run,
    "bulkRun": _bulk_run,
    "bulkRunChanged": _bulk_run,
    "orderApprove": _approve,
    "orderReject": _reject,
    "order": _order,
    "orderAt": _order_at,
    "orderChanged": _changed,
    "estimateCreate": _offer,
    "estimate": _estimate,
    **dict.fromkeys(("estimateUpdate", "estimateCancel", "estimateAccept"), _estimate_input),
    "deliveryNoteCreate": _delivery_note,
    "packingListCreate": _packing_list,
    "packingListPack": _pack,
    "packingListApprove": _packed,
    "awbCreate": _awb,
    "awbVoid": _shipment,
    "awbResolve": _unknown_shipment,
}
