"""ordersBulk."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.graphql.answers import Made, answer, made
from api.graphql.change import carry_out, refused
from api.graphql.context import Context, Info, selected
from api.graphql.fields import Rows, root
from api.graphql.parts.order_filter import order_filter
from api.graphql.types.bulk import OrdersBulkInput, OrdersBulkResult
from api.graphql.types.order_page import OrderFilter
from domain.bulk import queries
from domain.flows.bulk.carry_out import carry_out as carry_on
from domain.flows.bulk.start import MOST, Named, StartRun, start_run
from domain.kernel.actor import Permission
from domain.kernel.refusals import Invalid, Problem, Refusal, invalid
from domain.reads import orders_page
from domain.reads.keyset import Window
from domain.reads.order_filter import api_name

SECONDS = 30.0
"""How long the caller waits; what is not done by then, workers do."""
SIDE_BY_SIDE = 3


async def _orders_bulk(info: Info, input: OrdersBulkInput) -> OrdersBulkResult:
    context = info.context

    async def work(session: AsyncSession) -> Made:
        command = StartRun(
            action=input.action,
            orders=await _named(context, input),
            to=None if input.to is None else input.to.value,
            reason=input.reason,
        )
        return made("BulkRun", (await start_run(session, context.actor, command)).id)

    try:
        result = await carry_out(context, work)
        # Also when the request is repeated: the first one may have died on the way.
        await _do_now(context, result)
        done: OrdersBulkResult = await answer(context, result, selected(info))
    except Refusal as refusal:
        done = refused(info, refusal)
    return done


async def _do_now(context: Context, result: Made) -> None:
    database = context.services.database  # the run keeps to its caller's view by itself
    async with database.read() as connection:
        run = await queries.run_row(connection, result.id)
    if not run.background:
        await carry_on(database, result.id, seconds=SECONDS, at_once=SIDE_BY_SIDE)


async def _named(context: Context, asked: OrdersBulkInput) -> Sequence[Named]:
    given = [name for name in ("ids", "orders", "filter") if getattr(asked, name) is not None]
    problems = []
    if len(given) != 1:
        problems.append(Problem(("ids",), "ONE_OF", "Name exactly one of ids, orders and filter."))
    if asked.max is not None and asked.filter is None:
        problems.append(Problem(("max",), "NOT_WANTED", "max goes with filter."))
    if asked.filter is not None and not (asked.max is not None and 1 <= asked.max <= MOST):
        problems.append(Problem(("max",), "OUT_OF_RANGE", f"Say how many orders the filter may find: 1 to {MOST}."))
    if asked.filter is not None:
        problems += _unasked(asked.filter)
    if problems:
        raise Invalid(problems)
    if asked.ids is not None:
        return [Named(given=one) for one in asked.ids]
    if asked.orders is not None:
        return [Named(given=one.id, expected_version=one.expected_version) for one in asked.orders]
    async with context.read() as connection:
        return await _found(connection, asked)


def _unasked(filter: OrderFilter) -> list[Problem]:
    """Why this filter names no orders. A list that is empty by mistake must not change every order there is."""
    given = {one.name: getattr(filter, one.name) for one in fields(filter)}
    empty = [name for name, value in given.items() if isinstance(value, list) and not value]
    problems = [
        Problem(("filter", api_name(name)), "EMPTY", "Name at least one value, or leave the field out.")
        for name in empty
    ]
    blank: tuple[object, ...] = (None, []) if (filter.search or "").strip() else (None, [], filter.search)
    if all(value in blank for value in given.values()):
        problems.append(Problem(("filter",), "EMPTY", "Say which orders: this filter would find every order there is."))
    return problems


async def _found(connection: AsyncConnection, asked: OrdersBulkInput) -> Sequence[Named]:
    assert asked.max is not None  # looked at before
    where = await order_filter(connection, asked.filter)
    by = orders_page.SORTS["CREATED_AT"]
    page = await orders_page.orders_page(connection, ("id",), Window(asked.max), sort=by, descending=True, where=where)
    if page.more:
        raise invalid(("max",), "TOO_MANY", f"The filter finds more than {asked.max} orders. Narrow it, or raise max.")
    return [Named(given=str(row[0])) for row in page.rows]


field = root(
    _orders_bulk,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    description=(
        "Does the same to many orders, each in a transaction of its own: one that is refused stops no other. Up to 500 "
        "are done when this answers, or 30 seconds long; more, at most 10,000, in the background: follow "
        "bulkRunChanged. Needs what the action needs: orders.edit, orders.approve, warehouse.delivery_notes, or "
        "orders.view for PRINT_LABELS. An order that is named twice is refused the second time as TWICE. Send an "
        "Idempotency-Key: then a repetition answers with the same run; without one it is another run."
    ),
)
