"""The floor for reads: a plain Starlette route, asyncpg and orjson, which answers the same questions."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_LIST = """
select id, number, status, payment_state, fulfilment_state, version, currency, total, tax_total, shipping_total,
       created_at, updated_at, status_since
from orders order by created_at desc, id desc limit 50
"""
_LINES = """
select order_id, id, sku, name, quantity, unit_price, total from order_lines
where order_id = any($1) order by order_id, position
"""
_DEEP = _LIST.replace("status_since", "status_since, customer_id")
_CUSTOMERS = "select id, name, email from customers where id = any($1)"
_ONE = _LIST.replace("order by created_at desc, id desc limit 50", "where id = $1")

pool: asyncpg.Pool


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _row(record: asyncpg.Record) -> dict[str, Any]:
    return {key: (str(value) if isinstance(value, UUID) else value) for key, value in record.items()}


def _json(data: object) -> Response:
    return Response(orjson.dumps({"data": data}, default=_plain), media_type="application/json")


async def orders(request: Request) -> Response:
    async with pool.acquire() as connection:
        return _json([_row(row) for row in await connection.fetch(_LIST)])


async def orders_deep(request: Request) -> Response:
    async with pool.acquire() as connection:
        rows = await connection.fetch(_DEEP)
        lines = await connection.fetch(_LINES, [row["id"] for row in rows])
        customers = await connection.fetch(_CUSTOMERS, [row["customer_id"] for row in rows])
    people = {row["id"]: _row(row) for row in customers}
    of: dict[UUID, list[dict[str, Any]]] = {}
    for line in lines:
        of.setdefault(line["order_id"], []).append(_row(line))
    return _json([{**_row(row), "lines": of[row["id"]], "customer": people[row["customer_id"]]} for row in rows])


async def order(request: Request) -> Response:
    async with pool.acquire() as connection:
        row = await connection.fetchrow(_ONE, UUID(request.path_params["id"]))
    return _json(_row(row) if row else None)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    global pool

    async def as_is(connection: asyncpg.Connection) -> None:
        """No reset between uses: it costs a round trip of its own."""

    url = os.environ["DATABASE_URL"].replace("postgresql+asyncpg", "postgresql")
    pool = await asyncpg.create_pool(url, min_size=4, max_size=10, reset=as_is)
    yield
    await pool.close()


app = Starlette(
    routes=[Route("/orders", orders), Route("/orders-deep", orders_deep), Route("/orders/{id}", order)],
    lifespan=lifespan,
)
