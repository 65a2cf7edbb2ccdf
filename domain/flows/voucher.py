"""A voucher is entered with an order that is there already, or taken off it, before the confirmation (spec DSC-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.discounts.rules import voucher_key
from domain.discounts.vouchers import code_problems
from domain.kernel.actor import Actor
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.texts import check_text
from domain.orders.history import contents_data, record
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update

from .approval.ask import reconsider
from .discount_rows import discount_data
from .edit_lines import OPEN, derive
from .edited import mark_edited
from .pay import follow_payment
from .rediscount import rediscount


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVoucher:
    """`code` is the same in any case."""

    order_id: UUID
    code: str
    expected_version: int | None = None
    reason: str | None = None


async def apply_voucher(session: AsyncSession, actor: Actor, command: ChangeVoucher) -> Order:
    """Enters a voucher with the order; what becomes of it stands in `Order.vouchers`.

    Raises NotFound, StaleVersion, and Invalid at `code`: what is wrong with the voucher, or TWICE; at `id`: CONFIRMED,
    or NOT_OURS for an order whose discounts are its store's, or whose prices are agreed.
    """
    wrong = [Problem(("code",), one.code, one.message) for one in code_problems([command.code])]
    if wrong:
        raise Invalid(wrong)
    order = await _open_order(session, command)
    codes = _codes(order)
    if voucher_key(command.code) in map(voucher_key, codes):
        raise invalid(("code",), "TWICE", f"The order has the voucher {command.code} already.")
    many = [Problem(("code",), one.code, one.message) for one in code_problems([*codes, command.code])]
    if many:
        raise Invalid(many)
    await _write(session, actor, order, [*codes, command.code], command.reason, added=True)
    return order


async def remove_voucher(session: AsyncSession, actor: Actor, command: ChangeVoucher) -> Order:
    """Takes a voucher off the order; it can be used again. Raises as `apply_voucher`, and UNKNOWN_VOUCHER."""
    check_text("code", command.code)
    order = await _open_order(session, command)
    codes = _codes(order)
    kept = [code for code in codes if voucher_key(code) != voucher_key(command.code)]
    if len(kept) == len(codes):
        raise invalid(("code",), "UNKNOWN_VOUCHER", f"The order has no voucher {command.code}.")
    await _write(session, actor, order, kept, command.reason, added=False)
    return order


async def _open_order(session: AsyncSession, command: ChangeVoucher) -> Order:
    check_text("reason", command.reason)
    order = await order_for_update(session, command.order_id, lines=True)
    check_version(order, command.expected_version)
    if order.confirmed_at is not None or order.status not in OPEN:
        raise invalid(("id",), "CONFIRMED", f"An order in {order.status.label} keeps its discounts.")
    if order.vouchers is None:
        raise invalid(
            ("id",), "NOT_OURS", "Its discounts are its store's, or its prices are agreed: no rule changes them."
        )
    return order


def _codes(order: Order) -> list[str]:
    return [one["code"] for one in order.vouchers or ()]


async def _write(
    session: AsyncSession, actor: Actor, order: Order, codes: Sequence[str], reason: str | None, *, added: bool
) -> None:
    """Of several vouchers only the new one may be the reason of a refusal: the others were there before."""
    before = contents_data(order.lines, order.charges)
    discounted = await rediscount(session, order, codes)
    assert discounted is not None
    newest = ("vouchers", str(len(codes) - 1))
    wrong = [Problem(("code",), one.code, one.message) for one in discounted.problems if added and one.path == newest]
    if wrong:
        raise Invalid(wrong)
    await derive(session, order)
    await mark_edited(session, order)
    after = contents_data(order.lines, order.charges)
    data = {**after, **discount_data(discounted), "payment_state": order.payment_state, "before": before}
    await record(session, order, "vouchers_changed", actor, data, reason)
    await reconsider(session, order)
    await follow_payment(session, order)
