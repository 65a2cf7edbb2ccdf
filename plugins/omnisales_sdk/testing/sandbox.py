"""The base of a sandbox: a stand-in of a far side, as a Starlette app with faults and a control door.

    faults = Faults()
    app = Starlette(
        routes=[*routes, *control_routes(faults, lambda: {"orders": orders})],
        middleware=[Middleware(FaultMiddleware, faults=faults)],
    )
    with serve(app) as running:
        faults.add(Fault(kind="lost_answer", match="POST /orders"))
        ...  # talk to running.url

From a shell: `python -m omnisales_sdk.testing connectors.woocommerce.sandbox:create_app --port 9001`.
"""

import json
from asyncio import sleep
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .faults import Fault, Faults
from .serving import ABORT, Running, serve

__all__ = ["Fault", "FaultMiddleware", "Faults", "Running", "control_routes", "serve"]

CONTROL = "/_sandbox/"
_FAULTS = TypeAdapter(list[Fault])


class FaultMiddleware:
    """Makes requests meet the faults that are switched on; the control door meets none."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = None
        if scope["type"] == "http" and not scope["path"].startswith(CONTROL):
            fault = self.faults.take(scope["method"], scope["path"])
        if fault is None:
            await self.app(scope, receive, send)
            return
        if fault.kind == "slow":
            await sleep(fault.seconds)
            await self.app(scope, receive, send)
            return
        if fault.kind in ("error_after_act", "lost_answer"):
            await self.app(scope, receive, _unheard)
        if fault.kind in ("status", "error_after_act"):
            await _answer(fault)(scope, receive, send)
        else:
            await _hang_up(scope, receive)


async def _unheard(message: Message) -> None:
    """Takes an answer that nobody shall hear."""


async def _hang_up(scope: Scope, receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise RuntimeError("dropping a connection needs a sandbox that runs under omnisales_sdk.testing.sandbox.serve")
    abort()
    # An application that returns before the server has noticed would make it answer 500 after all.
    while (await receive())["type"] != "http.disconnect":
        pass


def _answer(fault: Fault) -> Response:
    if fault.body is None or isinstance(fault.body, str):
        return Response(fault.body, fault.status, dict(fault.headers), media_type="text/plain")
    return JSONResponse(fault.body, fault.status, dict(fault.headers))


def control_routes(faults: Faults, state_dump: Callable[[], object]) -> list[Route]:
    """The control door of a sandbox, for tests and demos in another process.

    `POST /_sandbox/faults` switches on one fault or a list of them (JSON with the fields of `Fault`; 422 names what is
    wrong, and none is switched on), `DELETE /_sandbox/faults` switches all off, `GET /_sandbox/state` gives what
    `state_dump` returns (dataclasses, dates and decimals are turned into JSON).
    """

    async def add(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
            wanted = _FAULTS.validate_python(body if isinstance(body, list) else [body])
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"error": problems}, 422)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 422)
        for fault in wanted:
            faults.add(fault)
        return Response(status_code=204)

    async def clear(request: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    async def state(request: Request) -> Response:
        return JSONResponse(to_jsonable_python(state_dump()))

    return [
        Route(f"{CONTROL}faults", add, methods=["POST"]),
        Route(f"{CONTROL}faults", clear, methods=["DELETE"]),
        Route(f"{CONTROL}state", state, methods=["GET"]),
    ]
