"""The context in memory keeps the contract's promises."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import httpx
import pytest
from pydantic import BaseModel

from omnisales_sdk import TryLater
from omnisales_sdk.testing.context import make_context
from omnisales_sdk.testing.loading import by_name
from omnisales_sdk.testing.memory import MemoryLocks, MemoryLog, MemoryState


class Empty(BaseModel):
    pass


def test_state_is_compare_and_set() -> None:
    state = MemoryState()

    assert state.get("token") is None
    assert state.set("token", "a", expected=None)
    assert not state.set("token", "b", expected=None)
    assert not state.set("token", "b", expected="x")
    assert state.set("token", "b", expected="a")
    assert state.get("token") == "b"
    assert state.get("token", secret=True) is None
    assert state.set("token", None, expected="b")
    assert state.stored == {}


def test_a_lock_is_exclusive_and_a_waiter_is_told_later() -> None:
    lock = MemoryLocks(wait=0.05)
    outcomes: list[str] = []

    def other() -> None:
        try:
            with lock("token"):
                outcomes.append("had it")
        except TryLater as later:
            outcomes.append(later.message)

    with lock("token"), lock("another"):
        thread = Thread(target=other)
        thread.start()
        thread.join(5)
    with lock("token"):
        outcomes.append("free again")

    assert outcomes == ["the lock 'token' is taken", "free again"]


def test_a_context_has_a_clock_a_log_and_a_client_of_its_own() -> None:
    def far_side(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=request.url.path)

    ctx = make_context(
        Empty(),
        Empty(),
        account="a-1",
        transport=httpx.MockTransport(far_side),
        webhook_url="https://oms.example/w",
        mappings={"status": {"x": "y"}},
    )
    ctx.log.warning("odd", at=3)

    assert ctx.http.send("GET", "https://shop.example/orders").text == "/orders"
    assert datetime.now(UTC) - ctx.now() < timedelta(seconds=5)
    assert ctx.now().tzinfo is UTC
    assert isinstance(ctx.log, MemoryLog)
    assert ctx.log.events == [("warning", "odd", {"at": 3})]
    assert (ctx.account, ctx.webhook_url, ctx.mappings) == ("a-1", "https://oms.example/w", {"status": {"x": "y"}})
    assert make_context(Empty(), Empty()).state is not ctx.state


def test_the_clock_may_be_set() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)

    assert make_context(Empty(), Empty(), now=lambda: at).now() == at


def test_what_a_manifest_names_is_found() -> None:
    assert by_name("json:loads")("1") == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_colon", "'no_colon' is not of the form 'module:attribute'"),
        (":app", "is not of the form"),
        ("json:", "is not of the form"),
        ("json:nothing", "json has no 'nothing'"),
        ("there_is_no:app", "No module named 'there_is_no'"),
    ],
)
def test_what_cannot_be_found_is_said_by_its_wrong_half(name: str, message: str) -> None:
    with pytest.raises(ImportError, match=message):
        by_name(name)
