"""The sandbox base: each fault does what its word says, seen from a client over real HTTP."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from omnisales_sdk import HttpClient, OutcomeUnknown, TryLater
from omnisales_sdk.testing.sandbox import Fault, FaultMiddleware, Faults, Running, control_routes, serve

ROOT = Path(__file__).parents[3]


class Shop:
    def __init__(self) -> None:
        self.faults = Faults()
        self.sold: list[str] = []
        self.app = Starlette(
            routes=[
                Route("/orders/{name}", self.sell, methods=["POST"]),
                *control_routes(self.faults, lambda: {"sold": self.sold}),
            ],
            middleware=[Middleware(FaultMiddleware, faults=self.faults)],
        )

    async def sell(self, request: Request) -> JSONResponse:
        self.sold.append(request.path_params["name"])
        return JSONResponse({"id": len(self.sold)}, 201)


def create_app() -> Starlette:
    return Shop().app


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def running(shop: Shop) -> Iterator[Running]:
    with serve(shop.app) as running:
        yield running


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(timeout=5)
    yield client
    client.close()


@pytest.mark.spec("PLG-4")
def test_without_faults_the_app_answers(shop: Shop, running: Running, http: HttpClient) -> None:
    answer = http.send("POST", f"{running.url}/orders/a")

    assert (answer.status, answer.json()) == (201, {"id": 1})
    assert shop.sold == ["a"]


def test_slow_answers_late_and_once(shop: Shop, running: Running, http: HttpClient) -> None:
    shop.faults.add(Fault(kind="slow", seconds=0.3))

    start = monotonic()
    http.send("POST", f"{running.url}/orders/a")
    slow, start = monotonic() - start, monotonic()
    http.send("POST", f"{running.url}/orders/b")

    assert slow >= 0.3
    assert monotonic() - start < 0.3
    assert shop.sold == ["a", "b"]


def test_status_is_answered_before_the_act(shop: Shop, running: Running, http: HttpClient) -> None:
    shop.faults.add(Fault(kind="status", status=429, headers={"Retry-After": "7"}, body={"code": "busy"}))

    with pytest.raises(TryLater) as caught:
        http.send("POST", f"{running.url}/orders/a", effect=True, key="k")

    assert caught.value.after == timedelta(seconds=7)
    assert shop.sold == []


def test_error_after_act_has_acted(shop: Shop, running: Running, http: HttpClient) -> None:
    shop.faults.add(Fault(kind="error_after_act", status=503))

    with pytest.raises(OutcomeUnknown, match="503") as caught:
        http.send("POST", f"{running.url}/orders/a", effect=True, key="k")

    assert caught.value.key == "k"
    assert shop.sold == ["a"]


@pytest.mark.parametrize(("kind", "sold"), [("lost_answer", ["a"]), ("drop", [])])
def test_a_closed_connection_gives_no_answer(
    shop: Shop, running: Running, http: HttpClient, kind: str, sold: list[str]
) -> None:
    shop.faults.add(Fault(kind=kind))

    with pytest.raises(OutcomeUnknown, match="no answer") as caught:
        http.send("POST", f"{running.url}/orders/a", effect=True, key="k")

    assert isinstance(caught.value.__cause__, httpx.TransportError)
    assert shop.sold == sold
    assert http.send("POST", f"{running.url}/orders/b").status == 201


def test_match_and_times_choose_the_requests(shop: Shop, running: Running, http: HttpClient) -> None:
    shop.faults.add(Fault(kind="status", status=418, match="POST /orders/b", times=2))

    statuses = [http.send("POST", f"{running.url}/orders/{name}").status for name in ["a", "b1", "b2", "b3"]]

    assert statuses == [201, 418, 418, 201]
    assert shop.faults.pending() == ()


def test_a_fault_for_ever_lasts_until_it_is_cleared(shop: Shop, running: Running, http: HttpClient) -> None:
    shop.faults.add(Fault(kind="status", status=418, times=None))
    assert [http.send("POST", f"{running.url}/orders/a").status for _ in range(3)] == [418] * 3

    http.send("DELETE", f"{running.url}/_sandbox/faults")

    assert http.send("POST", f"{running.url}/orders/a").status == 201


def test_the_control_door_switches_faults_and_shows_state(shop: Shop, running: Running, http: HttpClient) -> None:
    answer = http.send(
        "POST", f"{running.url}/_sandbox/faults", json=[{"kind": "slow", "seconds": 0.1}, {"kind": "drop", "times": 3}]
    )

    assert answer.status == 204
    assert shop.faults.pending() == (Fault(kind="slow", seconds=0.1), Fault(kind="drop", times=3))
    shop.sold.append("x")
    assert http.send("GET", f"{running.url}/_sandbox/state").json() == {"sold": ["x"]}


@pytest.mark.parametrize(
    "body", [{"kind": "flood"}, {"kind": "drop", "times": 0}, [{"kind": "drop"}, {"kind": "slow", "second": 1}]]
)
def test_a_wrong_fault_is_refused_whole(shop: Shop, running: Running, http: HttpClient, body: object) -> None:
    answer = http.send("POST", f"{running.url}/_sandbox/faults", json=body)

    assert answer.status == 422
    assert answer.json()["error"]
    assert shop.faults.pending() == ()


def test_a_sandbox_can_come_back_at_its_port(shop: Shop, http: HttpClient) -> None:
    first = serve(shop.app)
    port = int(first.url.rsplit(":", 1)[1])
    first.stop()
    with pytest.raises(TryLater, match="cannot be reached"):
        http.send("POST", f"{first.url}/orders/a")

    with serve(shop.app, port=port) as again:
        assert again.url == first.url
        assert http.send("POST", f"{again.url}/orders/a").status == 201


def test_stop_does_not_wait_for_a_slow_request(shop: Shop, http: HttpClient) -> None:
    shop.faults.add(Fault(kind="slow", seconds=30))
    running = serve(shop.app)
    with pytest.raises(TryLater):
        http.send("POST", f"{running.url}/orders/a", timeout=0.1)

    start = monotonic()
    running.stop()

    assert monotonic() - start < 5


def test_a_failing_lifespan_is_said() -> None:
    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        raise RuntimeError("no disk")
        yield

    with pytest.raises(RuntimeError, match="did not start"):
        serve(Starlette(lifespan=lifespan))


def test_a_sandbox_runs_as_a_process_of_its_own(http: HttpClient) -> None:
    command = [sys.executable, "-m", "omnisales_sdk.testing", "tests.plugins.sdk.test_sandbox:create_app"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answered = http.send("POST", f"{url}/orders/a").status
        http.send("POST", f"{url}/_sandbox/faults", json={"kind": "lost_answer"})
        with pytest.raises(OutcomeUnknown):
            http.send("POST", f"{url}/orders/b", effect=True, key="k")
        state = http.send("GET", f"{url}/_sandbox/state").json()
    finally:
        process.terminate()
        process.communicate(timeout=20)

    assert (answered, state) == (201, {"sold": ["a", "b"]})
