"""What an operator's desk is measured by: its screens, its search box, and confirming when goods are scarce."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench import data, load, queries, servers
from domain.views.screens import SCREENS

JSON = {"Content-Type": "application/json", "Authorization": f"Bearer {servers.ADMIN_KEY}"}
SCARCE = 10
PIECES = 24
"""Pieces that there are of each scarce product: about half of what `scarce_orders` asks for."""

_KNOWN = """
    select (select number::text from orders order by number offset 700 limit 1) as number,
        (select shipping ->> 'phone' from orders order by number offset 700 limit 1) as phone,
        (select awb from shipments order by created_at limit 1) as awb,
        (select customer_id::text from orders group by 1 order by count(*) desc limit 1) as customer
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and what it is called in the table."""

    title: str
    request: bytes


async def known(connection: asyncpg.Connection) -> Mapping[str, str]:
    """What there is to ask for in a database."""
    return dict(await connection.fetchrow(_KNOWN))


def screens(there: Mapping[str, str]) -> Iterator[Case]:
    """The operator's screens, each filled in with what is there."""
    given: Mapping[str, Any] = {
        "customer": there["customer"],
        "channel": [data.SECOND],
        "search": there["phone"],
        "statusSinceAfter": "2020-01-01T00:00:00Z",
    }
    for screen in SCREENS:
        asked = {**screen.filter, **{name: given[name] for name in screen.takes}}
        sort = {"field": screen.sort, "descending": screen.descending}
        yield Case(f"screen {screen.key}", _page({"filter": asked, "sort": sort}))


def searches(there: Mapping[str, str]) -> Iterator[Case]:
    """Texts as they are typed, from those that name one order to words that a fifth of all orders has."""
    texts = {
        "a number": there["number"],
        "a phone with its country": f"+4{there['phone']}",
        "an AWB": there["awb"],
        "an e-mail": "c777@example.com",
        "a part of a name": "customer 77",
        "a SKU": "SKU-77",
        "a word and a number": "buyer 777",
        "a city of a fifth": "brasov",
    }
    for title, text in texts.items():
        yield Case(f"search for {title}", _page({"filter": {"search": text}}))


def _page(variables: dict[str, object]) -> bytes:
    return load.post("/graphql", queries.body(queries.PAGE, variables), JSON)


async def stock_up(connection: asyncpg.Connection, name: str) -> Sequence[str]:
    """Scarce products under a name of their own; returns their SKUs."""
    skus = [f"{name}-{place}" for place in range(SCARCE)]
    await connection.execute(
        """
        with made as (
            insert into products (id, name, created_at, updated_at)
            select uuidv7(), sku, now(), now() from unnest($1::text[]) sku returning id, name
        ), sold as (
            insert into variants (id, product_id, sku, name, price, currency, vat_rate, active, created_at, updated_at)
            select uuidv7(), id, name, name, 33.06, 'RON', 21, true, now(), now() from made returning id
        ), levels as (
            insert into stock_levels (warehouse_id, variant_id, on_hand, reserved)
            select w.id, sold.id, $2, 0 from sold, warehouses w returning warehouse_id, variant_id
        )
        insert into stock_moves (id, at, warehouse_id, variant_id, kind, quantity, actor)
        select uuidv7(), now(), warehouse_id, variant_id, 'receipt', $2, 'bench' from levels
        """,
        skus,
        PIECES,
    )
    return skus


async def oversold(connection: asyncpg.Connection, skus: Sequence[str]) -> tuple[int, int]:
    """Pieces reserved of these products, and how many more than there are."""
    row = await connection.fetchrow(
        """
        select coalesce(sum(reserved), 0)::int, coalesce(sum(greatest(reserved - on_hand, 0)), 0)::int
        from stock_levels l join variants v on v.id = l.variant_id where v.sku = any($1)
        """,
        skus,
    )
    return int(row[0]), int(row[1])
