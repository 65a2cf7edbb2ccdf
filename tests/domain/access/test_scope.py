"""No table is forgotten, and no statement goes around the rules."""

from asyncio import gather
from uuid import uuid4

import pytest
from sqlalchemy import exists, func, literal_column, select, text, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql import Select

from domain.access.scope import CLOSED, DOORS, RULES, narrowed, view_of
from domain.customers.models import Customer
from domain.kernel.actor import Actor, ActorKind, Scope
from domain.kernel.database import Database
from domain.kernel.narrowed import NotNarrowed
from domain.kernel.refusals import NotFound
from domain.models import Base
from domain.orders.models import Order, OrderLine
from domain.orders.queries import order_for_update
from tests.support.builders import make_channel, make_order

pytestmark = pytest.mark.spec("SEC-1")

_SAYS = {"order_id", "channel_id", "customer_id", "order_line_id", "shipment_id", "estimate_id", "seller"}
_NOT_SALES = {"api_keys", "users", "team_channels"}
"""They have a seller or channels, and are of access: no caller with a limited view may ask for them."""


def test_every_table_of_orders_channels_and_customers_has_a_rule() -> None:
    named = {table.name for table in Base.metadata.sorted_tables if _SAYS & {column.name for column in table.columns}}
    forgotten = named - {*RULES} - {*CLOSED} - _NOT_SALES
    assert not forgotten, "give it a rule in domain/access/scope.py, or a reason why it shows nothing"


def test_the_rules_are_of_tables_that_there_are() -> None:
    assert {*RULES, *CLOSED, *DOORS} <= {*Base.metadata.tables}
    assert not {*RULES} & {*CLOSED}


def _agent(scope: Scope) -> Actor:
    return Actor(ActorKind.KEY, "agent", uuid4(), scope=scope)


_o = aliased(Order)
_t = Order.__table__
_cte = select(Order.id).cte("all_orders")
WAYS: dict[str, Select[tuple[object]]] = {
    "columns": select(Order.id),
    "alias": select(_o.id),
    "table": select(_t.c.id),
    "aliased table": select(_t.alias("x").c.id),
    "count": select(Order.id).where(select(func.count()).select_from(Order).scalar_subquery() > 0),
    "subquery": select(select(Order.id).subquery().c.id),
    "union": select(union_all(select(Order.id), select(_t.c.id)).subquery().c[0]),
    "cte": select(_cte.c.id),
    "join": select(Customer.id).select_from(Customer).join(Order, Order.customer_id == Customer.id),
    "outer join": select(Order.id).select_from(Customer).outerjoin(Order, Order.customer_id == Customer.id),
    "exists": select(Customer.id).where(exists().where(Order.customer_id == Customer.id)),
    "lines": select(OrderLine.order_id),
    "lateral": select(select(Order.id).where(Order.customer_id == Customer.id).lateral().c.id).select_from(Customer),
}


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_way_a_statement_asks(database: Database, way: str) -> None:
    async with database.begin() as session:
        own, foreign = [await make_order(session, seller=seller) for seller in ("ana", "bogdan")]
    view = view_of(narrowed(database), _agent(Scope(seller="ana")))
    async with database.read() as connection:
        assert len({row[0] for row in (await connection.execute(WAYS[way])).all()}) == 2
    async with view.read() as connection:
        found = {row[0] for row in (await connection.execute(WAYS[way])).all()}
    assert found == {own.id if way in _OF_ORDERS else own.customer_id}
    assert foreign.id not in found


_OF_ORDERS = set(WAYS) - {"join", "exists"}


async def test_sql_as_text_that_names_a_table_is_refused(database: Database) -> None:
    view = view_of(narrowed(database), _agent(Scope(seller="ana")))
    for statement in (
        text("SELECT id FROM orders"),
        select(literal_column("(SELECT count(*) FROM orders)")),
        select(Customer.id).where(text("EXISTS (SELECT 1 FROM orders)")),
    ):
        async with view.read() as connection:
            with pytest.raises(NotNarrowed):
                await connection.execute(statement)
    async with view.read() as connection:
        with pytest.raises(NotNarrowed):
            await connection.exec_driver_sql("SELECT 1")
        assert await connection.scalar(text("SELECT 1")) == 1


async def test_two_callers_share_the_sql_and_not_the_rows(database: Database) -> None:
    async with database.begin() as session:
        orders = {seller: await make_order(session, seller=seller) for seller in ("ana", "bogdan")}
    rules = narrowed(database)
    views = {seller: view_of(rules, _agent(Scope(seller=seller))) for seller in orders}

    async def ask(seller: str) -> None:
        for _ in range(10):
            async with views[seller].read() as connection:
                assert list(await connection.scalars(select(Order.id))) == [orders[seller].id]

    await gather(*(ask(seller) for seller in orders for _ in range(3)))


async def test_a_unit_of_work_finds_and_locks_only_what_is_in_view(database: Database) -> None:
    async with database.begin() as session:
        own, foreign = [await make_order(session, seller=seller) for seller in ("ana", "bogdan")]
    view = view_of(narrowed(database), _agent(Scope(seller="ana")))
    async with view.begin() as session:
        assert (await order_for_update(session, own.id, lines=True)).lines
        with pytest.raises(NotFound):
            await order_for_update(session, foreign.id)
        assert await session.get(Customer, foreign.customer_id) is None
        async with database.begin() as other:
            assert (
                await other.scalar(select(Order.id).where(Order.id == own.id).with_for_update(skip_locked=True)) is None
            )
            assert await other.scalar(select(Order.id).where(Order.id == foreign.id).with_for_update(nowait=True))


async def test_both_limits_hold_at_once(database: Database) -> None:
    async with database.begin() as session:
        here, there = await make_channel(session), await make_channel(session)
        own = await make_order(session, seller="ana", channel=here)
        await make_order(session, seller="ana", channel=there)
        await make_order(session, seller="bogdan", channel=here)
    view = view_of(narrowed(database), _agent(Scope("ana", frozenset([here.id]))))
    async with view.read() as connection:
        assert list(await connection.scalars(select(Order.id))) == [own.id]
