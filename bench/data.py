"""The data that benchmarks run on: orders with three lines each, made by the database itself."""

import asyncpg

from domain.flows.bootstrap import ensure_defaults
from domain.kernel.database import Database
from domain.migrations.run import migrate

CUSTOMERS = 20_000
VARIANTS = 1_000
SECOND = "second"
"""The slug of the second channel."""


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
        insert into channels select (jsonb_populate_record(c, jsonb_build_object('id', uuidv7(), 'slug', '{SECOND}'))).*
        from channels c where slug = 'manual';
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
    """Nine in ten are delivered; the rest is spread over the open statuses. One customer has a twentieth of all, one
    channel of two a seventh; a few orders wait for approval, were sold by an agent, have an AWB, or an error of sync.
    """
    for begin in range(have + 1, wanted + 1, 20_000):
        end = min(begin + 19_999, wanted)
        await connection.execute(
            f"""
            with people as (select id, row_number() over (order by id) i from customers),
            made as (
                insert into orders (id, channel_id, external_id, external_number, status, status_since, approve_status,
                    payment_state, fulfilment_state, version, history_seq, customer_id, seller, promised_on, billing,
                    shipping, payment_method, payment_kind, currency, subtotal, discount_total, fee_total,
                    shipping_total, tax_total, total, test, placed_at, created_at, updated_at)
                select uuidv7(), c.id, 'bench-' || n, n::text,
                    case when n % 10 < 9 then 5 else (array[0, 1, 2, 3, 4, 9, 16, 15])[1 + n / 10 % 8] end,
                    moment, case when n % 500 = 0 then 0 when n % 50 = 1 then 1 end,
                    case when n % 10 < 8 then 'PAID' else 'UNPAID' end,
                    case when n % 10 < 9 then 'FULL' else 'NONE' end, 1, 1, p.id,
                    case when n % 100 = 7 then 'Agent ' || n % 7 end,
                    case when n % 100 = 9 then moment::date + 14 end, address, address, 'cod', 'on_delivery', 'RON',
                    99.18, 0, 0, 16.53, 24.30, 140.01, false, moment, moment, moment
                from generate_series({begin}, {end}) as series(n)
                cross join lateral (select now() - (({wanted} - n) || ' seconds')::interval as moment,
                    jsonb_build_object('name', 'Buyer ' || n, 'street', 'Strada Lungă ' || n % 300, 'city',
                        (array['Cluj-Napoca', 'Brașov', 'Iași', 'Timișoara', 'București'])[1 + n % 5], 'country', 'RO',
                        'phone', '07' || lpad(n::text, 8, '0')) as address) made_up
                join people p on p.i = case when n % 20 = 3 then 1 else 1 + n % {CUSTOMERS} end
                join channels c on c.slug = case when n % 7 = 0 then '{SECOND}' else 'manual' end
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
    await connection.execute(_AROUND)


_AROUND = """
    insert into diary (id, at, channel_id, direction, cause, message, state, external_id, order_id)
    select uuidv7(), updated_at, channel_id, 'out', 'push:status', 'The store did not take the status.',
        case when row_number() over (order by number desc) <= 60 then 'OPEN' else 'RESOLVED' end, external_id, id
    from orders o where number % 100 = 1 and not exists (select from diary where order_id = o.id);
    insert into courier_accounts (id, slug, title, connector, enabled, settings, shipping_starts, created_at,
        updated_at)
    values (uuidv7(), 'bench', 'Bench', 'manual', true, '{}', 'AWB', now(), now()) on conflict (slug) do nothing;
    with chosen as (
        select id, number, created_at from orders
        where number % 20 = 5 and not exists (select from packing_lists p where p.order_id = orders.id)
    ), notes as (
        insert into delivery_notes (id, number, order_id, warehouse_id, state, created_at)
        select uuidv7(), 'DN-' || number, chosen.id, w.id, 'HANDED_OVER', chosen.created_at
        from chosen, (select id from warehouses limit 1) w returning id, order_id
    ), lists as (
        insert into packing_lists (id, number, order_id, delivery_note_id, state, created_at)
        select uuidv7(), 'PL-' || number, order_id, notes.id, 'APPROVED', created_at
        from notes join chosen on chosen.id = order_id returning id, order_id
    )
    insert into shipments (id, key, order_id, packing_list_id, courier_account_id, awb, refs, status, final, created_at)
    select uuidv7(), 'bench-' || number, order_id, lists.id, a.id, 'AWB' || number, '{}', 'DELIVERED', true, created_at
    from lists join chosen on chosen.id = order_id, (select id from courier_accounts where slug = 'bench') a;
    truncate status_counts, status_count_deltas;
    insert into status_counts (channel_id, status, count) select channel_id, status, count(*) from orders group by 1, 2;
"""
