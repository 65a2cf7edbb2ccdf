"""Slow, greedy and broken clients, over raw connections to a real server: they are told so, or cut off."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import httpx
import pytest

from api.live.guard import LEFT_OVER, MAX_HEAD, MAX_URL
from api.metrics import CUT_OFF
from api.safety import EVERYWHERE
from domain.kernel.database import Database
from tests.api.conftest import ADMIN_KEY
from tests.api.live.serving import WAIT, Running, serving

HEAD = (
    f"POST /graphql HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nAuthorization: Bearer {ADMIN_KEY}\r\n"
)
ASKED = json.dumps({"query": "{ __typename }"}).encode()
WHOLE = f"{HEAD}Content-Length: {len(ASKED)}\r\n\r\n".encode() + ASKED


@pytest.fixture(scope="module")
def impatient(live_database: Database) -> Iterator[Running]:
    with serving(live_database.url, header_seconds=1, body_seconds=1, unread_seconds=1, connections=40) as running:
        yield running


def connected(running: Running) -> socket.socket:
    host, port = running.address.split(":")
    return socket.create_connection((host, int(port)), timeout=WAIT)


def answered(client: socket.socket) -> tuple[int, dict[str, str], Any]:
    """The next answer: status, headers, what its JSON says."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = client.recv(65_536)
        assert part, f"closed without an answer: {raw!r}"
        raw += part
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += client.recv(65_536)
    return int(first.split()[1]), headers, json.loads(body)


def ended(client: socket.socket) -> bool:
    """Waits for the end, whether it is told or broken off."""
    with suppress(ConnectionError):
        while client.recv(65_536):
            pass
    return True


def drip(client: socket.socket, text: bytes) -> None:
    """A byte at a time, until somebody has enough of it."""
    with suppress(ConnectionError):
        for byte in text:
            client.sendall(bytes((byte,)))
            client.settimeout(0.1)
            try:
                if client.recv(1, socket.MSG_PEEK) is not None:
                    return
            except TimeoutError:
                continue
            finally:
                client.settimeout(WAIT)
    raise AssertionError("all of it was taken")


def cut(reason: str) -> float:
    return CUT_OFF.labels(reason)._value.get()


def test_who_says_nothing_is_not_waited_for(impatient: Running) -> None:
    with connected(impatient) as client:
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    "text",
    [HEAD + "X-Slow: " + "a" * 10_000, "\r\n" * 10_000],
    ids=["headers", "empty lines"],
)
def test_who_sends_a_head_byte_by_byte_is_told_and_cut_off(impatient: Running, text: str) -> None:
    with connected(impatient) as client:
        drip(client, text.encode())
        status, headers, body = answered(client)
        assert (status, body["code"], headers["connection"]) == (408, "REQUEST_TIMEOUT", "close")
        assert EVERYWHERE.items() <= headers.items()
        assert ended(client)


def test_who_sends_a_body_byte_by_byte_is_told_and_cut_off(impatient: Running) -> None:
    with connected(impatient) as client:
        client.sendall(f"{HEAD}Content-Length: 10000\r\n\r\n".encode())
        drip(client, b" " * 10_000)
        status, _, body = answered(client)
        assert (status, body["code"]) == (408, "REQUEST_TIMEOUT")
        assert ended(client)


def test_the_body_of_a_request_that_is_answered_is_not_waited_for_either(impatient: Running) -> None:
    before = cut("request_timeout")
    with connected(impatient) as client:
        client.sendall(b"POST /graphql HTTP/1.1\r\nHost: test\r\nContent-Length: 10000\r\n\r\n")
        assert answered(client)[0] == 401
        drip(client, b" " * 10_000)
    assert cut("request_timeout") > before


def test_nor_is_all_of_it_taken(impatient: Running) -> None:
    before = cut("body_of_an_answered_request")
    with connected(impatient) as client:
        client.sendall(f"{HEAD}Content-Length: 1000000000\r\n\r\n".encode())
        status, _, body = answered(client)
        assert (status, body["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")
        with pytest.raises(ConnectionError):
            for _ in range(LEFT_OVER):
                client.sendall(b" " * 65_536)
    assert cut("body_of_an_answered_request") == before + 1


def test_who_does_not_read_is_cut_off(impatient: Running) -> None:
    before = cut("unread")
    console = httpx.get(f"{impatient.url}/graphiql", trust_env=False).text
    script = console.partition('src="')[2].partition('"')[0]
    with connected(impatient) as client:
        client.sendall(f"GET /{script} HTTP/1.1\r\nHost: test\r\n\r\n".encode() * 10)
        deadline = time.monotonic() + WAIT
        while cut("unread") == before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert cut("unread") > before


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        (f"{HEAD}X-Large: {'a' * MAX_HEAD}\r\n\r\n", 431, "HEADERS_TOO_LARGE"),
        (f"{HEAD}X-Large: {'a' * 2 * MAX_HEAD}", 431, "HEADERS_TOO_LARGE"),
        (HEAD + "".join(f"X-{number}: a\r\n" for number in range(10_000)) + "\r\n", 431, "HEADERS_TOO_LARGE"),
        (f"GET /?{'a' * MAX_URL} HTTP/1.1\r\nHost: test\r\n\r\n", 414, "URL_TOO_LONG"),
        ("\x16\x03\x01\x02\x00\x01\x00", 400, "BAD_REQUEST"),
        ("GET / HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n", 400, "BAD_REQUEST"),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400, "BAD_REQUEST"),
    ],
)
def test_a_head_that_is_too_large_or_broken_is_refused(impatient: Running, text: str, status: int, code: str) -> None:
    with connected(impatient) as client:
        with suppress(ConnectionError):  # it may be refused before all of it is sent
            client.sendall(text.encode())
        said, headers, body = answered(client)
        assert (said, body["code"], headers["connection"]) == (status, code, "close")
        assert EVERYWHERE.items() <= headers.items()
        assert "server" not in headers


def test_connections_that_wait_make_room_for_those_that_ask(impatient: Running) -> None:
    before = cut("no_room")
    with ExitStack() as held:
        for _ in range(60):
            held.enter_context(connected(impatient))
        answer = httpx.get(f"{impatient.url}/health/live", trust_env=False, timeout=WAIT)
        assert answer.status_code == 200
    assert cut("no_room") > before


def test_who_takes_pauses_between_requests_is_served_on(impatient: Running) -> None:
    """Longer than a head may take; and the last request comes in two parts, with the second right behind it."""
    with connected(impatient) as client:
        for pause in (0, 2.2):
            time.sleep(pause)
            client.sendall(WHOLE)
            status, headers, body = answered(client)
            assert (status, body["data"]) == (200, {"__typename": "Query"})
            assert headers["x-correlation-id"]
        client.sendall(WHOLE[:-5])
        time.sleep(0.1)
        client.sendall(WHOLE[-5:] + WHOLE)
        assert [client.recv(1), answered_twice(client)] == [b"H", 2]


def answered_twice(client: socket.socket) -> int:
    raw = b""
    while raw.count(b'"__typename":"Query"') < 2:
        part = client.recv(65_536)
        assert part, raw
        raw += part
    return raw.count(b"TTP/1.1 200 OK")
