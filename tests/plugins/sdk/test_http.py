"""The HTTP client says what is known: not reached, asked to wait, answered, or sent without an answer."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from omnisales_sdk import HttpClient, OutcomeUnknown, TryLater
from omnisales_sdk.http import retry_after
from omnisales_sdk.testing.sandbox import serve


async def echo(request: Request) -> Response:
    return JSONResponse(
        {
            "method": request.method,
            "query": request.query_params.multi_items(),
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        }
    )


async def status(request: Request) -> Response:
    return PlainTextResponse("said", int(request.path_params["code"]), {"Retry-After": "30"})


async def cut_off(request: Request) -> Response:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError("the far side dies while it answers")

    return StreamingResponse(half(), headers={"Content-Length": "8"})


async def broken_gzip(request: Request) -> Response:
    return Response(b"this is no gzip", headers={"Content-Encoding": "gzip"})


async def bomb(request: Request) -> Response:
    """Sixty-five megabytes, packed small."""
    return Response(gzip.compress(bytes(65_000_000), 1), headers={"Content-Encoding": "gzip"})


async def endless(request: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b"."
            await asyncio.sleep(0.02)

    return StreamingResponse(drops())


APP = Starlette(
    routes=[
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/status/{code}", status, methods=["GET", "POST"]),
        Route("/moved", lambda request: RedirectResponse("/echo", 301), methods=["POST"]),
        Route("/cut", cut_off, methods=["POST"]),
        Route("/gzip", broken_gzip, methods=["GET", "POST"]),
        Route("/bomb", bomb, methods=["POST"]),
        Route("/endless", endless, methods=["POST"]),
    ]
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve(APP) as running:
        yield running.url


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = HttpClient(timeout=5, headers={"X-Ours": "yes"})
    yield client
    client.close()


def test_a_request_goes_out_whole(http: HttpClient, url: str) -> None:
    answer = http.send(
        "POST", f"{url}/echo", params=[("a", "1"), ("a", "2")], headers={"X-More": "m"}, json={"b": 1}, auth=("u", "p")
    )

    seen = answer.json()
    assert (seen["method"], seen["query"], seen["body"]) == ("POST", [["a", "1"], ["a", "2"]], '{"b":1}')
    assert {name: seen["headers"][name] for name in ("x-ours", "x-more", "user-agent", "authorization")} == {
        "x-ours": "yes",
        "x-more": "m",
        "user-agent": "OmniSales",
        "authorization": "Basic dTpw",
    }
    assert (answer.status, answer.url, answer.is_json) == (200, f"{url}/echo", True)


def test_redirects_are_not_followed(http: HttpClient, url: str) -> None:
    answer = http.send("POST", f"{url}/moved", json={})

    assert (answer.status, answer.headers["location"]) == (301, "/echo")


@pytest.mark.parametrize("code", [200, 400, 401, 404, 409, 422, 500, 501])
def test_an_answer_is_an_answer(http: HttpClient, url: str, code: int) -> None:
    assert http.send("GET", f"{url}/status/{code}").status == code


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_a_busy_far_side_is_tried_later_when_it_says(http: HttpClient, url: str, code: int) -> None:
    with pytest.raises(TryLater, match=f"HTTP {code}") as caught:
        http.send("GET", f"{url}/status/{code}")

    assert caught.value.after == timedelta(seconds=30)


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_5xx_after_an_effect_is_an_unknown_outcome(http: HttpClient, url: str, code: int) -> None:
    with pytest.raises(OutcomeUnknown, match=f"HTTP {code} after sending") as caught:
        http.send("POST", f"{url}/status/{code}", effect=True, key="awb-1")

    assert caught.value.key == "awb-1"


@pytest.mark.parametrize("code", [201, 400, 404, 409])
def test_an_effect_that_is_refused_is_known(http: HttpClient, url: str, code: int) -> None:
    assert http.send("POST", f"{url}/status/{code}", effect=True, key="awb-1").status == code


def test_an_effect_that_was_limited_did_not_happen(http: HttpClient, url: str) -> None:
    with pytest.raises(TryLater):
        http.send("POST", f"{url}/status/429", effect=True, key="awb-1")


@pytest.mark.parametrize("path", ["cut", "gzip"])
def test_an_answer_that_cannot_be_read_is_no_answer(http: HttpClient, url: str, path: str) -> None:
    with pytest.raises(OutcomeUnknown, match="no answer after sending"):
        http.send("POST", f"{url}/{path}", effect=True, key="awb-1")
    with pytest.raises(TryLater, match="no answer"):
        http.send("POST", f"{url}/{path}")


@pytest.mark.parametrize("path", ["bomb", "endless"])
def test_an_answer_without_end_is_none(url: str, path: str) -> None:
    client = HttpClient(timeout=0.2 if path == "endless" else 20)
    with pytest.raises(OutcomeUnknown, match="no answer after sending"):
        client.send("POST", f"{url}/{path}", effect=True, key="awb-1")
    with pytest.raises(TryLater, match="no answer"):
        client.send("POST", f"{url}/{path}")
    client.close()


def test_who_cannot_be_reached_was_told_nothing(http: HttpClient) -> None:
    with pytest.raises(TryLater, match="cannot be reached"):
        http.send("POST", "http://127.0.0.1:1/orders", effect=True, key="awb-1")


@pytest.mark.parametrize("address", ["shop.example/orders", "ftp://shop.example"])
def test_an_address_that_cannot_be_is_no_outcome(http: HttpClient, address: str) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        http.send("POST", address, effect=True, key="awb-1")


def test_an_effect_needs_a_key(http: HttpClient, url: str) -> None:
    with pytest.raises(ValueError, match="needs the key"):
        http.send("POST", f"{url}/echo", effect=True)


def test_no_message_holds_the_query(http: HttpClient, url: str) -> None:
    with pytest.raises(TryLater) as caught:
        http.send("GET", f"{url}/status/503?consumer_secret=cs_1", params={"token": "t_1"})

    assert caught.value.message == f"GET {url}/status/503: HTTP 503"
    assert http.send("GET", f"{url}/echo?consumer_secret=cs_1").url == f"{url}/echo"


def test_a_budget_is_asked_before_each_request(url: str) -> None:
    class Spent:
        def take(self) -> None:
            raise TryLater("budget", after=timedelta(seconds=2))

    client = HttpClient(budget=Spent())

    with pytest.raises(TryLater, match="budget"):
        client.send("GET", f"{url}/echo")

    client.close()


def test_a_body_that_is_no_json_is_shown(http: HttpClient, url: str) -> None:
    answer = http.send("GET", f"{url}/status/200")

    assert not answer.is_json
    with pytest.raises(ValueError, match=r"not JSON \(200\): 'said'"):
        answer.json()


NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("", None),
        ("7", timedelta(seconds=7)),
        (" 0 ", timedelta()),
        ("99999", timedelta(hours=1)),
        ("Fri, 01 May 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Fri, 01 May 2026 11:00:00 GMT", timedelta()),
        ("Fri, 08 May 2026 12:00:00 GMT", timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_retry_after_in_both_its_forms(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value, now=NOW) == wait
