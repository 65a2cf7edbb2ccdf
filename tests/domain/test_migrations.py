"""Migrations: from zero and back, from an older house, and the tables that they make are those of the models."""

import os

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.flows.bootstrap import ensure_defaults
from domain.flows.move import MoveOrder, move_order
from domain.kernel.database import Database
from domain.migrations.run import heads, migrate
from domain.models import Base
from domain.orders.counts import shown_counts, true_counts
from domain.orders.status import Status
from domain.reads.keyset import window
from domain.reads.order_filter import OrderFilter
from domain.reads.orders_page import SORTS, orders_page
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
    async with engine.begin() as connection:
        for statement in BEFORE.split(";\n")[:-1]:
            await connection.execute(text(statement.replace(":", r"\:")))
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
