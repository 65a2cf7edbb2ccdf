"""The control door: what happens in the store without its API, for tests, demos and chaos.

POST   /_sandbox/orders                 {template | order | body, count, changes}   a checkout places orders
POST   /_sandbox/orders/{id}            a body as for the API                        staff changes an order
DELETE /_sandbox/orders/{id}?force=     POST /_sandbox/orders/{id}/restore           the bin
POST   /_sandbox/deliver                {doubled, shuffled, seed, parallel, limit}   waiting webhooks leave
POST   /_sandbox/clock                  {skew_seconds}                               the store's stamps are off
POST   /_sandbox/mode                   {mode}                                       maintenance, database_down, ...
POST   /_sandbox/shift                  {orders}                                     saved while lists are read
POST   /_sandbox/settings               {prices_include_tax}
GET    /_sandbox/state                  orders, writes to each, hooks, what waits
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from omnisales_sdk import HttpClient

from . import orders, writing
from .deliveries import deliver
from .documents import from_body
from .render import order as rendered
from .shop import Mode, Shop, recorded
from .statuses import follow_stock
from .wire import Doc, WpError

Templates = Literal[
    "guest-cod",
    "registered-bacs",
    "percent-coupon",
    "fixed-coupon",
    "fees",
    "company-pending",
    "foreign-eur",
    "custom-price",
    "later-deleted-product",
    "large",
    "checkout",
    "prices-without-tax",
    "line-without-product",
    "summer-time",
    "completed-cod",
    "pending-without-method",
]


class Place(BaseModel):
    """Orders to place: like a recorded one, with a body of the API (computed by the store), or with a full body.

    `changes` takes the place of top-level fields of a recorded or full body. `keep_id` keeps its id.
    """

    model_config = ConfigDict(extra="forbid")

    template: Templates | None = None
    order: Doc | None = None
    body: Doc | None = None
    changes: Doc = Field(default_factory=dict)
    count: int = Field(1, ge=1, le=10_000)
    keep_id: bool = False


class Deliver(BaseModel):
    model_config = ConfigDict(extra="forbid")

    doubled: bool = False
    shuffled: bool = False
    seed: int = 0
    parallel: int = Field(4, ge=1, le=64)
    limit: int | None = Field(None, ge=0)


def place(shop: Shop, wanted: Place) -> list[int]:
    """Places orders; their ids. Each sends updated and created, in that order, as the checkout does."""
    if wanted.order is not None:
        writing.check(shop, wanted.order)
        return [orders.make(shop, wanted.order, created_via="checkout")["id"] for _ in range(wanted.count)]
    body = wanted.body if wanted.body is not None else recorded("orders.json")[wanted.template or "checkout"]
    return [_placed(shop, {**body, **wanted.changes}, keep_id=wanted.keep_id) for _ in range(wanted.count)]


def _placed(shop: Shop, body: Doc, *, keep_id: bool) -> int:
    order = from_body(shop, body, number=body["id"] if keep_id else None)
    follow_stock(shop, order)
    orders.placed(shop, order, updated_first=True)
    number: int = order["id"]
    return number


def state(shop: Shop) -> Doc:
    """What a test looks at. `status_writes` counts the API's writes that named a status, `status_changes` those that
    moved it."""
    return {
        "orders": {str(number): _order_state(shop, order) for number, order in shop.orders.items()},
        "hooks": [{"id": h.id, "topic": h.topic, "url": h.url, "status": h.status} for h in shop.hooks.values()],
        "pending": len(shop.pending),
        "sent": shop.sent,
        "requests": shop.requests,
    }


def _order_state(shop: Shop, order: Doc) -> Doc:
    writes = shop.writes[order["id"]]
    with_status = [write for write in writes if "status" in write["fields"]]
    return {
        "status": order["status"],
        "total": str(order["total"]),
        "modified": order["modified"].isoformat(),
        "meta": {entry["key"]: entry["value"] for entry in order["meta_data"]},
        "writes": len(writes),
        "status_writes": len(with_status),
        "status_changes": sum(write["from"] != write["to"] for write in with_status),
    }


def routes(shop: Shop, http: HttpClient) -> list[Route]:
    """The door's routes, but for faults and state, which every sandbox has."""

    async def place_orders(request: Request) -> Any:
        numbers = place(shop, Place.model_validate(await request.json()))
        return {"ids": numbers}

    async def change_order(request: Request) -> Any:
        order = orders.existing(shop, request.path_params["number"])
        body = await request.json()
        orders.change(shop, order, body)
        return rendered(shop, order)

    async def delete_order(request: Request) -> Any:
        order = orders.existing(shop, request.path_params["number"])
        if request.query_params.get("force") == "true":
            del shop.orders[order["id"]]
        else:
            orders.binned(shop, order)
        return {}

    async def restore_order(request: Request) -> Any:
        orders.restored(shop, orders.existing(shop, request.path_params["number"]))
        return {}

    async def deliver_now(request: Request) -> Any:
        wanted = Deliver.model_validate(await request.json())
        outcome = await deliver(
            shop,
            http,
            copies=2 if wanted.doubled else 1,
            shuffled=wanted.shuffled,
            seed=wanted.seed,
            parallel=wanted.parallel,
            limit=wanted.limit,
        )
        return {"delivered": outcome.delivered, "failed": outcome.failed, "pending": len(shop.pending)}

    async def set_clock(request: Request) -> Any:
        shop.skew = timedelta(seconds=float((await request.json())["skew_seconds"]))
        return {}

    async def set_mode(request: Request) -> Any:
        mode = (await request.json())["mode"]
        if mode not in get_args(Mode):
            raise ValueError(f"mode is one of {', '.join(get_args(Mode))}")
        shop.mode = mode
        return {}

    async def shift(request: Request) -> Any:
        shop.shifts.extend(int(number) for number in (await request.json())["orders"])
        return {}

    async def set_settings(request: Request) -> Any:
        shop.prices_include_tax = bool((await request.json())["prices_include_tax"])
        return {}

    root = "/_sandbox/"
    return [
        Route(f"{root}orders", _door(place_orders), methods=["POST"]),
        Route(f"{root}orders/{{number:int}}", _door(change_order), methods=["POST"]),
        Route(f"{root}orders/{{number:int}}", _door(delete_order), methods=["DELETE"]),
        Route(f"{root}orders/{{number:int}}/restore", _door(restore_order), methods=["POST"]),
        Route(f"{root}deliver", _door(deliver_now), methods=["POST"]),
        Route(f"{root}clock", _door(set_clock), methods=["POST"]),
        Route(f"{root}mode", _door(set_mode), methods=["POST"]),
        Route(f"{root}shift", _door(shift), methods=["POST"]),
        Route(f"{root}settings", _door(set_settings), methods=["POST"]),
    ]


def _door(act: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    """Says what is wrong with a command: 422, or the store's own refusal."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await act(request))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"error": problems}, 422)
        except WpError as error:
            return JSONResponse(error.body, error.status)
        except (ValueError, KeyError) as error:
            return JSONResponse({"error": repr(error)}, 422)

    return endpoint
