"""Asking for an action on many orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.bulk.models import BulkAction, BulkItem, BulkRun, ItemState, RunState
from domain.kernel.actor import Actor, Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.ids import new_id, parse_id
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import Forbidden, Invalid, Problem
from domain.kernel.texts import check_text
from domain.orders.status import Status

CONSUMER = "bulk_run"
AT_ONCE = 500
"""Up to so many orders are carried out while the caller waits."""
MOST = 10_000
WAITED_FOR = timedelta(seconds=40)
"""After so long a worker takes over what the waiting request has not done: it ran out of time, or died."""

PERMISSIONS: Mapping[BulkAction, Permission] = {
    BulkAction.CONFIRM: Permission.ORDERS_EDIT,
    BulkAction.HOLD: Permission.ORDERS_EDIT,
    BulkAction.RESUME: Permission.ORDERS_EDIT,
    BulkAction.CANCEL: Permission.ORDERS_EDIT,
    BulkAction.MOVE: Permission.ORDERS_EDIT,
    BulkAction.APPROVE: Permission.ORDERS_APPROVE,
    BulkAction.CREATE_DELIVERY_NOTE: Permission.DELIVERY_NOTES,
    BulkAction.PRINT_LABELS: Permission.ORDERS_VIEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An order as it was asked for: its id as it was sent, and the version that was read, if it is to be checked."""

    given: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRun:
    """`to` is for MOVE alone."""

    action: BulkAction
    orders: Sequence[Named]
    to: Status | None = None
    reason: str | None = None


async def start_run(session: AsyncSession, actor: Actor, command: StartRun) -> BulkRun:
    """Writes down what is to be done, with the work that sees to it. Nothing is done yet.

    An order that is named twice is refused at its second place. Raises `Forbidden`, and `Invalid` for no orders, more
    than 10,000, and a target that is missing or not wanted.
    """
    if not actor.may(PERMISSIONS[command.action]):
        raise Forbidden(PERMISSIONS[command.action], path=("action",))
    problems = _problems(command)
    if problems:
        raise Invalid(problems)
    check_text("reason", command.reason)
    run = BulkRun(
        id=new_id(),
        action=command.action,
        to=command.to,
        reason=command.reason,
        actor=actor_data(actor),
        state=RunState.RUNNING,
        total=len(command.orders),
        background=len(command.orders) > AT_ONCE,
        started_at=utc_now(),
    )
    session.add(run)
    await session.flush()
    await session.execute(insert(BulkItem), _items(run.id, command.orders))
    after = timedelta() if run.background else WAITED_FOR
    await enqueue(session, CONSUMER, f"bulk:{run.id}", {"run_id": str(run.id)}, after=after)
    return run


def actor_data(actor: Actor) -> Json:
    """Who asked, as it is kept with the run."""
    return {
        "kind": actor.kind.value,
        "label": actor.label,
        "id": None if actor.id is None else str(actor.id),
        "permissions": sorted(actor.permissions),
        "roles": sorted(actor.roles),
        "every_role": actor.every_role,
    }


def _items(run_id: UUID, orders: Sequence[Named]) -> list[Json]:
    first: dict[UUID, int] = {}
    items = []
    for place, order in enumerate(orders, start=1):
        key = parse_id(order.given)
        refusal = None
        if key is None:
            refusal = _refusal("NOT_FOUND", f"There is no order {order.given[:100]}. Check the id.")
        elif first.setdefault(key, place) != place:
            refusal = _refusal("TWICE", f"This order is named already, at place {first[key]}.")
        items.append(
            {
                "run_id": run_id,
                "place": place,
                "given": order.given[:100],
                "order_id": key,
                "expected_version": order.expected_version,
                "state": ItemState.PENDING if refusal is None else ItemState.REFUSED,
                "refusal": refusal,
                "made": None,
            }
        )
    return items


def _refusal(code: str, message: str) -> Json:
    return {"code": code, "message": message, "path": ["id"], "problems": []}


def _problems(command: StartRun) -> list[Problem]:
    problems = []
    if not command.orders:
        problems.append(Problem(("ids",), "EMPTY", "Name the orders, or a filter that finds some."))
    if len(command.orders) > MOST:
        problems.append(
            Problem(("ids",), "TOO_MANY", f"At most {MOST} orders in one run; this names {len(command.orders)}.")
        )
    if command.action is BulkAction.MOVE and command.to is None:
        problems.append(Problem(("to",), "MISSING", "Say where the orders are to move."))
    if command.action is not BulkAction.MOVE and command.to is not None:
        problems.append(Problem(("to",), "NOT_WANTED", f"{command.action} has no target; leave it away."))
    return problems
