"""The data that benchmarks run on: orders with three lines each, made by the database itself."""

import asyncpg

from domain.flows.bootstrap import ensure_defaults
from domain.kernel.database import Database
from domain.migrations.run import migrate

CUSTOMERS = 20_000
VARIANTS = 1_000


async def fill(url: str, orders: int) -> None:
    """Migrates the database and brings it to `orders` orders, a few hundred of them open, as in a real queue."""
    await migrate(url)
    database = Database(url)
    async with database.begin() as session:
        await ensure_defaults(session)
    await database.close()
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    try:
        have = await connection.fetchval("select count(*) from orders")
        if have < orders:
            await _catalogue(connection)
            await _orders(connection, have, orders)
            await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def _catalogue(connection: asyncpg.Connection) -> None:
    if await connection.fetchval("select count(*) from variants"):
        return
    await connection.execute(
        f"""
        insert into customers (id, name, email, phone, created_at, updated_at)
        select uuidv7(), 'Customer ' || n, 'c' || n || '@example.com', '07' || lpad(n::text, 8, '0'), now(), now()
        from generate_series(1, {CUSTOMERS}) n;
        insert into products (id, name, created_at, updated_at)
        select uuidv7(), 'Product ' || n, now(), now() from generate_series(1, {VARIANTS}) n;
        insert into variants (id, product_id, sku, name, price, currency, vat_rate, active, created_at, updated_at)
        select uuidv7(), id, 'SKU-' || row_number() over (order by id), name, 33.06, 'RON', 21, true, now(), now()
        from products;
        insert into stock_levels (warehouse_id, variant_id, on_hand, reserved)
        select w.id, v.id, 10000000, 0 from variants v, warehouses w;
        insert into stock_moves (id, at, warehouse_id, variant_id, kind, quantity, actor)
        select uuidv7(), now(), w.id, v.id, 'receipt', 10000000, 'bench' from variants v, warehouses w;
        """
    )


async def _orders(connection: asyncpg.Connection, have: int, wanted: int) -> None:
    """Nine in ten are delivered; the rest is spread over the open statuses."""
    for begin in range(have + 1, wanted + 1, 20_000):
        end = min(begin + 19_999, wanted)
        await connection.execute(
            f"""
            with people as (select id, row_number() over (order by id) i from customers),
            made as (
                insert into orders (id, channel_id, external_id, external_number, status, status_since, payment_state,
                    fulfilment_state, version, history_seq, customer_id, billing, shipping, payment_method, currency,
                    subtotal, discount_total, fee_total, shipping_total, tax_total, total, test, placed_at, created_at,
                    updated_at)
                select uuidv7(), c.id, 'bench-' || n, n::text,
                    case when n % 10 < 9 then 5 else (array[0, 1, 2, 3, 4, 9, 16])[1 + n / 10 % 7] end,
                    now() - (({wanted} - n) || ' seconds')::interval, 'UNPAID', 'NONE', 1, 1, p.id,
                    jsonb_build_object('name', 'Customer', 'city', 'Cluj-Napoca', 'country', 'RO'),
                    jsonb_build_object('name', 'Customer', 'city', 'Cluj-Napoca', 'country', 'RO'),
                    'cod', 'RON', 99.18, 0, 0, 16.53, 24.30, 140.01, false,
                    now() - (({wanted} - n) || ' seconds')::interval, now() - (({wanted} - n) || ' seconds')::interval,
                    now() - (({wanted} - n) || ' seconds')::interval
                from generate_series({begin}, {end}) as series(n)
                join people p on p.i = 1 + n % {CUSTOMERS}
                join channels c on c.slug = 'manual'
                returning id, number
            ),
            goods as (select id, sku, name, row_number() over (order by sku) i from variants)
            insert into order_lines (id, order_id, position, variant_id, sku, name, quantity, unit_price, subtotal,
                discount, tax_rate, tax, total)
            select uuidv7(), m.id, k, g.id, g.sku, g.name, 1, 33.06, 33.06, 0, 21, 6.94, 40.00
            from made m cross join generate_series(1, 3) k
            join goods g on g.i = 1 + (m.number * 3 + k) % {VARIANTS}
            """
        )
    await connection.execute(
        """
        truncate status_counts, status_count_deltas;
        insert into status_counts (channel_id, status, count)
        select channel_id, status, count(*) from orders group by 1, 2;
        """
    )
