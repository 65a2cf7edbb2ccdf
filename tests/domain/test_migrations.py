"""Migrations: from zero and back, from an older house, and the tables that they make are those of the models."""

import os
from collections.abc import Mapping
from uuid import UUID

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.access.keys import find_key
from domain.channels.models import Channel
from domain.flows.bootstrap import ensure_defaults
from domain.flows.move import MoveOrder, move_order
from domain.kernel.actor import Permission
from domain.kernel.database import Database
from domain.kernel.secrets import Vault
from domain.migrations.run import heads, migrate
from domain.models import Base
from domain.orders.counts import shown_counts, true_counts
from domain.orders.status import Status
from domain.reads.keyset import window
from domain.reads.order_filter import OrderFilter
from domain.reads.orders_page import SORTS, orders_page
from domain.shipping.models import CourierAccount
from tests.domain import house_of_0002 as house
from tests.support import databases
from tests.support.builders import OPERATOR

_OUR_FUNCTIONS = text("""
    select proname from pg_proc where pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
""")
"""Functions that no extension brought."""


def test_there_is_one_head() -> None:
    assert len(heads()) == 1


async def test_the_migrations_make_the_tables_of_the_models(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_down_to_zero_and_up_again_leaves_nothing_behind_and_works() -> None:
    name = f"migrations_both_ways_{os.getpid()}"
    await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
    url = databases.server_url(name)
    await migrate(url)
    await migrate(url, "base", down=True)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda c: inspect(c).get_table_names())
        sequences = await connection.run_sync(lambda c: inspect(c).get_sequence_names())
        functions = (await connection.scalars(_OUR_FUNCTIONS)).all()
    assert left == ["alembic_version"]
    assert sequences == []
    assert functions == []
    await engine.dispose()
    await migrate(url)
    await databases.admin(f"drop database {name} with (force)")


BEFORE = """
insert into warehouses (id, code, name) values ('00000000-0000-7000-8000-000000000001', 'main', 'Main');
insert into legal_entities (id, name) values ('00000000-0000-7000-8000-000000000002', 'Own company');
insert into invoice_series (id, legal_entity_id, prefix, next_number) values
    ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'INV', 1);
insert into channels (id, slug, title, connector, enabled, currency, settings, auto_confirm, auto_delivery_note,
    invoice_at, warehouse_id, invoice_series_id, credit_series_id, created_at, updated_at) values
    ('00000000-0000-7000-8000-000000000004', 'shop', 'Shop', 'woocommerce', true, 'RON', '{}', false, false, 'MANUAL',
     '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000003',
     '00000000-0000-7000-8000-000000000003', now(), now());
insert into customers (id, name, phone, created_at, updated_at) values
    ('00000000-0000-7000-8000-000000000005', 'Ștefan Băcilă', '+40 722 000 111', now(), now());
insert into products (id, name, created_at, updated_at) values
    ('00000000-0000-7000-8000-000000000006', 'Cană', now(), now());
insert into variants (id, product_id, sku, name, price, currency, active, created_at, updated_at) values
    ('00000000-0000-7000-8000-000000000007', '00000000-0000-7000-8000-000000000006', 'CANA', 'Cană', 10, 'RON', true,
     now(), now());
insert into stock_levels (warehouse_id, variant_id, on_hand, reserved) values
    ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000007', 5, 0);
insert into orders (id, channel_id, status, status_since, payment_state, fulfilment_state, version, history_seq,
    customer_id, currency, subtotal, discount_total, fee_total, shipping_total, tax_total, total, test, delivery_point,
    placed_at, created_at, updated_at) values
    ('00000000-0000-7000-8000-000000000008', '00000000-0000-7000-8000-000000000004', 1, now(), 'UNPAID', 'NONE', 1, 1,
     '00000000-0000-7000-8000-000000000005', 'RON', 10, 0, 0, 0, 0, 10, false, 'easybox-17', now(), now(), now());
insert into order_lines (id, order_id, position, variant_id, sku, name, quantity, unit_price, subtotal, discount, tax,
    total) values
    ('00000000-0000-7000-8000-000000000009', '00000000-0000-7000-8000-000000000008', 0,
     '00000000-0000-7000-8000-000000000007', 'CANA', 'Cană', 1, 10, 10, 0, 0, 10);
insert into order_history (order_id, seq, at, kind, actor, data) values
    ('00000000-0000-7000-8000-000000000008', 1, now(), 'order_created', 'woocommerce:shop', '{"status": 1}');
insert into status_counts (channel_id, status, count) values ('00000000-0000-7000-8000-000000000004', 1, 1);
"""
"""A house as the first revision knew it."""


async def test_a_house_of_the_first_revision_moves_on_with_its_orders() -> None:
    name = f"migrations_with_orders_{os.getpid()}"
    await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
    url = databases.server_url(name)
    await migrate(url, "0001")
    engine = create_async_engine(url)
    await _fill(engine, BEFORE)
    await engine.dispose()
    await migrate(url)
    database = Database(url)
    async with database.begin() as session:
        await ensure_defaults(session)
    async with database.read() as connection:
        size = window(SORTS["CREATED_AT"], first=10, after=None, last=None, before=None)
        for words in ("stefan bacila", "0722000111", "cana"):
            page = await orders_page(
                connection,
                ("id", "number"),
                size,
                sort=SORTS["CREATED_AT"],
                descending=True,
                where=OrderFilter(search=words),
            )
            assert len(page.rows) == 1, words
        assert await shown_counts(connection) == await true_counts(connection)
    async with database.begin() as session:
        moved = await move_order(session, OPERATOR, MoveOrder(order_id=page.rows[0].id, to=Status.CONFIRMED))
        assert (moved.status, moved.delivery_point) == (Status.CONFIRMED, "easybox-17")
    await database.close()
    await databases.admin(f"drop database {name} with (force)")


async def test_a_house_of_the_second_revision_moves_on_and_works() -> None:
    """Whatever the third revision adds to a table, each row that was there loads, and its channels, keys, roles and
    secrets are worth what they were.
    """
    name = f"migrations_of_0002_{os.getpid()}"
    await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
    url = databases.server_url(name)
    engine = create_async_engine(url)
    await migrate(url, "0001")
    await _fill(engine, BEFORE)
    await migrate(url, "0002")
    await _fill(engine, house.STATEMENTS, house.VALUES)
    counted = await _rows(engine)
    await migrate(url)
    assert {table: number for table, number in (await _rows(engine)).items() if table in counted} == counted
    await engine.dispose()

    database = Database(url)
    async with database.begin() as session:
        await ensure_defaults(session)
        for mapper in Base.registry.mappers:
            (await session.scalars(select(mapper.class_))).all()
        vault = Vault(house.SECRET_KEY)
        for kind, account in (("channel", Channel), ("courier", CourierAccount)):
            [row] = await session.scalars(select(account).where(account.credentials.is_not(None)))
            assert vault.open(row.credentials, f"{kind}:{row.id}") == house.CREDENTIALS
        desk, admin = await find_key(session, house.KEY), await find_key(session, house.ADMIN)
        assert desk is not None and desk.roles == {"packer"}
        assert desk.permissions == {Permission.ORDERS_VIEW, Permission.ORDERS_EDIT, Permission.DELIVERY_NOTES}
        assert admin is not None and admin.every_role and admin.may(Permission.ACCESS_EDIT)
        moved = await move_order(session, desk, MoveOrder(order_id=UUID(house.ORDER), to=Status.CONFIRMED))
        assert moved.status is Status.CONFIRMED
    async with database.read() as connection:
        assert await shown_counts(connection) == await true_counts(connection)
    await database.close()
    await databases.admin(f"drop database {name} with (force)")


async def _fill(engine: AsyncEngine, statements: str, values: Mapping[str, object] | None = None) -> None:
    given = values or {}
    async with engine.begin() as connection:
        for statement in statements.split(";\n")[:-1]:
            named = {name: value for name, value in given.items() if f":{name}" in statement}
            # Where nothing is named, a colon is one of JSON.
            await connection.execute(text(statement if named else statement.replace(":", r"\:")), named)


async def _rows(engine: AsyncEngine) -> dict[str, int]:
    """How many rows each table has."""
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
        kept = [table for table in tables if table not in ("alembic_version", "schedules")]
        return {table: await connection.scalar(text(f'select count(*) from "{table}"')) or 0 for table in kept}
