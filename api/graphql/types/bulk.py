"""Actions on many orders."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.context import Info, selected
from api.graphql.fields import NOTES, Notes, attribute, optional
from api.graphql.lookahead import below
from api.graphql.parts.orders import orders_by_key
from domain.bulk import queries
from domain.bulk.models import BulkAction, ItemState, RunState
from domain.bulk.queries import AnyRow, Progress
from domain.kernel.refusals import invalid
from domain.reads.keyset import MAX_PAGE

from .enums import OrderStatus
from .ids import gid
from .order import Order, order_status
from .order_page import OrderFilter
from .page import PageInfo
from .refusals import Invalid, NotFound, Problem, Refusal

strawberry.enum(BulkAction, description="What is done to each order.")
strawberry.enum(
    RunState, name="BulkRunState", description="RUNNING until all is done; CANCELLED: what was not done by then stays."
)
strawberry.enum(ItemState, name="BulkResultState", description="PENDING is not done yet; CANCELLED never will be.")


@strawberry.input(description="An order, and the version of it that you read.")
class BulkOrderInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional("Another one now is refused. Null asks for no check; APPROVE needs it.")


@strawberry.input(description="What to do to which orders; exactly one of ids, orders and filter.")
class OrdersBulkInput:
    action: BulkAction = strawberry.field(description="What to do.")
    ids: list[strawberry.ID] | None = optional("The orders, at most 10,000.")
    orders: list[BulkOrderInput] | None = optional("The orders with the versions that you read, at most 10,000.")
    filter: OrderFilter | None = optional("All that it finds now, newest first.")
    max: int | None = optional("With filter: how many it may find, 1 to 10,000; if it finds more, nothing is done.")
    to: OrderStatus | None = optional("Where MOVE moves.")
    reason: str | None = optional("Why; kept in the history of each order. For APPROVE the note.")


@strawberry.type(description="Why the action was refused for one order; code is what the order's own mutation says.")
class BulkRefusal(Refusal):
    problems: list[Problem] = attribute("Every wrong field, where it is several.", size=2)


@strawberry.type(description="What came of one order.")
class BulkResult:
    place: int = attribute("Its place in what was asked for, from 1.")
    id: strawberry.ID = attribute("The order's id as it was sent.")
    state: ItemState = attribute("What came of it.")
    refusal: BulkRefusal | None = attribute("Why it was refused.")
    made: JSON | None = attribute("Ids of what it made: delivery_note, shipments.")
    order: Order | None = attribute("The order as it is now; null for an id that is none.")


@strawberry.type(description="A result on a page.")
class BulkResultEdge:
    cursor: str = attribute("Where it stands.")
    node: BulkResult = attribute("The result.")


@strawberry.type(description="A page of results, in the order of what was asked for.")
class BulkResultConnection:
    edges: list[BulkResultEdge] = attribute("The results.")
    page_info: PageInfo = attribute("What is before and after.")


async def _results(
    root: "strawberry.Parent[BulkRun]",
    info: Info,
    first: int = MAX_PAGE,
    after: str | None = None,
    refused: bool = False,
) -> BulkResultConnection:
    place = _place(after)
    if not 1 <= first <= MAX_PAGE:
        raise invalid(("first",), "OUT_OF_RANGE", f"first is {first}: ask for 1 to {MAX_PAGE} at a time.")
    inside = below(selected(info), "edges", "node")
    async with info.context.read() as connection:
        rows = await queries.items(connection, root.key, after=place, size=first + 1, refused=refused)
        orders = {}
        if "order" in inside:
            ids = [row.order_id for row in rows[:first] if row.order_id is not None]
            orders = await orders_by_key(info.context, connection, ids, inside["order"])
    edges = [BulkResultEdge(cursor=str(row.place), node=_result(row, orders.get(row.order_id))) for row in rows[:first]]
    return BulkResultConnection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(rows) > first,
            has_previous_page=place > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


@strawberry.type(description="An action on many orders, carried out order by order.")
class BulkRun:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    action: BulkAction = attribute("What is done.")
    to: OrderStatus | None = attribute("Where MOVE moves.")
    reason: str | None = attribute("Why.")
    started_by: str = attribute("Who asked.")
    state: RunState = attribute("How far it is.")
    note: str | None = attribute("Why it ended early.")
    background: bool = attribute("Whether workers carry it out: more than 500 orders.")
    total: int = attribute("How many orders were named.")
    done: int = attribute("How many have their result.")
    succeeded: int = attribute("How many were acted on.")
    refused: int = attribute("How many were refused.")
    started_at: datetime = attribute("When it was asked for.")
    finished_at: datetime | None = attribute("When it ended.")
    labels_url: str | None = attribute("For PRINT_LABELS: all labels as one PDF, once it has ended.")
    results: BulkResultConnection = strawberry.field(
        resolver=_results,
        description=(
            "A result for each order, in the order of what was asked for; 1 to 200 at a time. refused: those alone."
        ),
        metadata={NOTES: Notes(None, None, True)},
    )


OrdersBulkResult = Annotated[
    BulkRun | Invalid, strawberry.union("OrdersBulkResult", description="The run with its results, or why not.")
]
BulkRunResult = Annotated[
    BulkRun | NotFound, strawberry.union("BulkRunResult", description="The run as it is now, or why not.")
]


def make_run(row: AnyRow, progress: Progress, base_url: str) -> BulkRun:
    printed = row.action is BulkAction.PRINT_LABELS and row.state is not RunState.RUNNING
    return BulkRun(
        key=row.id,
        id=gid(row.id),
        action=row.action,
        to=None if row.to is None else order_status(row.to),
        reason=row.reason,
        started_by=row.actor["label"],
        state=row.state,
        note=row.note,
        background=row.background,
        total=row.total,
        done=progress.of(ItemState.DONE, ItemState.REFUSED),
        succeeded=progress.of(ItemState.DONE),
        refused=progress.of(ItemState.REFUSED),
        started_at=row.started_at,
        finished_at=row.finished_at,
        labels_url=f"{base_url}/labels/bulk/{row.id}.pdf" if printed else None,
    )


def _result(row: AnyRow, order: Order | None) -> BulkResult:
    refusal = None
    if row.refusal is not None:
        problems = [
            Problem(path=one["path"], code=one["code"], message=one["message"]) for one in row.refusal["problems"]
        ]
        refusal = BulkRefusal(
            code=row.refusal["code"],
            message=row.refusal["message"],
            path=row.refusal["path"] or None,
            problems=problems,
        )
    return BulkResult(
        place=row.place, id=strawberry.ID(row.given), state=row.state, refusal=refusal, made=row.made, order=order
    )


def _place(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 9):
        raise invalid(("after",), "BAD_CURSOR", "after is no cursor of this list. Take it from an edge.")
    return int(after)
