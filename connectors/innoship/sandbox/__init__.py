"""A stand-in of Innoship: its doors, its key, its refusals and its labels, with shipments that a test can move along.

    behaviour    what of it is proven and what assumed
    access       key and API version                validation   which orders are refused, in which form
    book         the shipments                      rates        couriers, services, prices
    orders       price, order, cancel               reads        couriers, tracking
    labels, pdf  labels                             control      the door for tests: advance, push

`python -m omnisales_sdk.testing connectors.innoship.sandbox:create_app --port 9002` runs it by itself.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware

from omnisales_sdk.testing.sandbox import FaultMiddleware, Faults, control_routes

from . import control, labels, orders, reads
from .access import AccessMiddleware
from .book import Book

API_KEY = "sandbox-key"
LOCATION = "WH-1"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    *,
    api_key: str = API_KEY,
    locations: Collection[str] = (LOCATION,),
    unique: bool = True,
    lag: timedelta = timedelta(),
    hosts: Collection[str] = ("api", "query"),
    now: Callable[[], datetime] = _utc_now,
    book: Book | None = None,
) -> Starlette:
    """The sandbox; `app.state.faults` and `app.state.book` are its inside.

    `locations` are the known External Location Ids. `unique` refuses a second order with the same externalOrderId (the
    client setting uniqueOrderReferenceId). Reads show a shipment only when it is `lag` old. `hosts` are those for
    which it answers: two apps with one `book`, "api" and "query", stand for the split of 2026.
    """
    faults = Faults()
    book = book or Book(now=now, unique=unique, lag=lag)
    routes = control.routes(book) + control_routes(faults, book.dump)
    if "api" in hosts:
        routes += orders.routes(book, frozenset(locations)) + labels.routes(book)
    if "query" in hosts:
        routes += reads.routes(book)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(FaultMiddleware, faults=faults),
            Middleware(AccessMiddleware, api_key=api_key, book=book),
        ],
    )
    app.state.faults = faults
    app.state.book = book
    return app
