"""What Acquisitions make of a request: ordered, with the day it may come, or not bought at all (spec STK-3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, NotFound, Problem, StaleVersion, invalid
from domain.kernel.texts import text_problem
from domain.stock.rules import quantity_problem

from .models import ProcurementRequest, RequestState, request_number
from .needs import needs_of

LONGEST_WAIT = timedelta(days=3 * 366)
SUPPLIER_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGoods:
    """`quantity` None: what is missing now. `eta` is the day on which the supplier says that it comes."""

    request_id: UUID
    supplier: str | None = None
    eta: date | None = None
    quantity: Decimal | None = None
    expected_version: int | None = None


async def order_goods(session: AsyncSession, _actor: Actor, command: OrderGoods) -> ProcurementRequest:
    """Says that the goods are ordered; said again, supplier, day and quantity are changed.

    Raises NotFound, StaleVersion, and Invalid naming every wrong field, or CLOSED for one that ended.
    """
    request = await _live(session, command.request_id, command.expected_version)
    quantity = command.quantity
    if quantity is None:
        quantity = request.ordered_quantity or await _missing(session, request)
    problems = _problems(command, request, quantity)
    if problems:
        raise Invalid(problems)
    request.ordered_quantity = quantity
    request.supplier = command.supplier.strip() if command.supplier else None
    request.eta = command.eta
    request.ordered_at = request.ordered_at or utc_now()
    request.state = RequestState.ORDERED
    request.version += 1
    await session.flush()
    return request


async def cancel_request(
    session: AsyncSession, _actor: Actor, request_id: UUID, reason: str, expected_version: int | None = None
) -> ProcurementRequest:
    """Ends a request: it is not bought. The orders go on waiting; a person tells their customers.

    Raises NotFound, StaleVersion, Invalid without a reason, or CLOSED for one that ended.
    """
    if not reason.strip():
        raise invalid(("reason",), "MISSING", "Say why it is not bought.")
    if problem := text_problem(reason):
        raise invalid(("reason",), "NOT_A_TEXT", problem)
    request = await _live(session, request_id, expected_version)
    request.state = RequestState.CANCELLED
    request.reason = reason.strip()
    request.closed_at = utc_now()
    request.version += 1
    await session.flush()
    return request


async def _live(session: AsyncSession, request_id: UUID, expected_version: int | None) -> ProcurementRequest:
    request = await session.scalar(
        select(ProcurementRequest)
        .where(ProcurementRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotFound("procurement request", request_id, path=("id",))
    if expected_version is not None and expected_version != request.version:
        raise StaleVersion("procurement request", expected=expected_version, current=request.version)
    if request.state not in (RequestState.OPEN, RequestState.ORDERED):
        words = f"Request {request_number(request.number)} is {request.state.lower()} already."
        raise invalid(("id",), "CLOSED", words)
    return request


async def _missing(session: AsyncSession, request: ProcurementRequest) -> Decimal:
    needs = await needs_of(session, request.warehouse_id, [request.variant_id])
    return needs[request.variant_id].to_order


def _problems(command: OrderGoods, request: ProcurementRequest, quantity: Decimal) -> list[Problem]:
    problems = []
    today = utc_now().date()
    if command.supplier is not None and (problem := text_problem(command.supplier, SUPPLIER_LIMIT)):
        problems.append(Problem(("supplier",), "NOT_A_TEXT", problem))
    if command.eta is not None and not today <= command.eta <= today + LONGEST_WAIT:
        problems.append(Problem(("eta",), "OUT_OF_RANGE", f"Give a day from {today} to {today + LONGEST_WAIT}."))
    if problem := quantity_problem(quantity):
        nothing = command.quantity is None
        words = "Nothing is missing of it now: name the quantity that you ordered." if nothing else problem
        problems.append(Problem(("quantity",), "OUT_OF_RANGE", words))
    elif quantity < request.received_quantity:
        words = f"{request.received_quantity.normalize():f} of it came in already; order at least that."
        problems.append(Problem(("quantity",), "OUT_OF_RANGE", words))
    return problems
