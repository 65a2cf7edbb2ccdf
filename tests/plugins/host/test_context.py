"""Contexts: settings and credentials are checked as a whole, clients are kept, logs tell no secret."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from omnisales_sdk import Context, Kind, Limits, Manifest, TryLater
from omnisales_sdk.testing.memory import MemoryLocks, MemoryState
from omnisales_sdk.testing.sandbox import Fault, FaultMiddleware, Faults, serve
from plugins.host import Clients, InvalidAccount, build_context, check_account

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Settings(BaseModel):
    store_url: HttpUrl
    page_size: int = Field(default=50, ge=1, le=100)


class Nested(BaseModel):
    pin: SecretStr


class Credentials(BaseModel):
    consumer_key: SecretStr
    consumer_secret: SecretStr
    more: list[Nested] = []


MANIFEST = Manifest(
    key="acme", title="Acme", kinds=frozenset({Kind.SALES_CHANNEL}), settings=Settings, credentials=Credentials
)
GOOD_SETTINGS = {"store_url": "https://shop.example"}
GOOD_CREDENTIALS = {"consumer_key": "ck_12345", "consumer_secret": "cs_67890", "more": [{"pin": "9911"}]}


@pytest.fixture
def clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    clients.close()


def build(clients: Clients, **changes: Any) -> Context[Any, Any]:
    options: dict[str, Any] = {
        "account": "acme-ro",
        "settings": GOOD_SETTINGS,
        "credentials": GOOD_CREDENTIALS,
        "state": MemoryState(),
        "lock": MemoryLocks(),
        "now": lambda: NOW,
        "clients": clients,
    }
    return build_context(MANIFEST, **(options | changes))


@pytest.mark.spec("CHN-3")
def test_a_context_holds_checked_settings_and_credentials(clients: Clients) -> None:
    state, lock = MemoryState(), MemoryLocks()

    ctx = build(clients, state=state, lock=lock, webhook_url="https://oms/x", mappings={"status": {"a": "b"}})

    assert ctx.settings == Settings(store_url=HttpUrl("https://shop.example"), page_size=50)
    assert ctx.credentials.consumer_secret.get_secret_value() == "cs_67890"
    assert (ctx.account, ctx.now(), ctx.webhook_url) == ("acme-ro", NOW, "https://oms/x")
    assert ctx.mappings == {"status": {"a": "b"}}
    assert ctx.state is state
    assert ctx.lock is lock


@pytest.mark.spec("CHN-3")
def test_every_problem_is_named_and_no_value_is_repeated() -> None:
    settings = {"page_size": 500, "store_url": "no url", "page_sise": 10}
    credentials = {"consumer_key": ["s3cret"], "pin": "s3cret"}

    with pytest.raises(InvalidAccount) as caught:
        check_account(MANIFEST, settings, credentials)

    assert caught.value.code == "account_invalid"
    assert [(one.path, one.code) for one in caught.value.problems] == [
        ("settings.page_sise", "UNKNOWN_FIELD"),
        ("settings.store_url", "BAD_VALUE"),
        ("settings.page_size", "OUT_OF_RANGE"),
        ("credentials.pin", "UNKNOWN_FIELD"),
        ("credentials.consumer_key", "BAD_VALUE"),
        ("credentials.consumer_secret", "MISSING"),
    ]
    assert caught.value.problems[2].message == "Give settings.page_size of 100 or less."
    assert "s3cret" not in str(caught.value)


def test_a_model_that_speaks_for_itself_decides_on_other_fields() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")

    class Aliased(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        api_key: str = Field(alias="apiKey")

    manifest = Manifest(key="a", title="A", kinds=MANIFEST.kinds, settings=Open, credentials=Aliased)

    settings, credentials = check_account(manifest, {"free": 1}, {"apiKey": "k"})

    assert settings.model_dump() == {"free": 1}
    assert credentials == Aliased(api_key="k")


def test_an_account_keeps_its_client_and_accounts_share_none(clients: Clients) -> None:
    assert build(clients).http is build(clients).http
    assert build(clients).http is not build(clients, account="acme-bg").http


class Gate:
    """A rate budget; those of one rate are equal."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.taken = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Gate) and other.rate == self.rate

    def take(self) -> None:
        self.taken += 1
        if self.taken > self.rate:
            raise TryLater("budget spent")


def test_another_budget_makes_another_client_and_leaves_the_old_one_usable(clients: Clients) -> None:
    with serve(Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])) as running:
        old = build(clients, budget=Gate(1)).http
        assert build(clients, budget=Gate(1)).http is old

        new = build(clients, budget=Gate(2)).http

        assert new is not old
        assert old.send("GET", running.url).text == "here"
        with pytest.raises(TryLater, match="budget spent"):
            old.send("GET", running.url)
        assert new.send("GET", running.url).text == "here"
        old.close()


def test_the_manifests_request_timeout_holds(clients: Clients) -> None:
    faults = Faults()
    faults.add(Fault(kind="slow", seconds=5))
    app = FaultMiddleware(Starlette(routes=[Route("/", lambda request: PlainTextResponse("late"))]), faults)
    hasty = replace(MANIFEST, limits=Limits(request_timeout=timedelta(seconds=0.1)))

    with serve(app) as running, pytest.raises(TryLater, match="no answer"):
        clients.get(hasty, "hasty").send("GET", running.url)


def test_connections_are_reused_until_the_clients_are_closed(clients: Clients) -> None:
    ports: list[int] = []

    async def note(request: Request) -> PlainTextResponse:
        assert request.client is not None
        ports.append(request.client.port)
        return PlainTextResponse("ok")

    with serve(Starlette(routes=[Route("/", note)])) as running:
        for _ in range(2):
            build(clients).http.send("GET", running.url)
        before = build(clients).http
        clients.close()
        build(clients).http.send("GET", running.url)

    assert ports[0] == ports[1] != ports[2]
    with pytest.raises(RuntimeError, match="closed"):
        before.send("GET", running.url)


def test_a_forgotten_accounts_client_is_let_go(clients: Clients) -> None:
    first = build(clients).http

    clients.forget(MANIFEST, "acme-ro")

    assert build(clients).http is not first
    first.close()
    gc.collect()


@pytest.mark.spec("CHN-3")
def test_the_log_masks_by_name_and_by_value(clients: Clients) -> None:
    ctx = build(clients, correlation_id="c-1")

    with capture_logs() as lines:
        ctx.log.info(
            "called with cs_67890",
            url="https://shop.example/?consumer_secret=cs_67890&pin=9911",
            Authorization="Basic abc",
            api_key=None,
            headers={"X-Api-Key": "zzz", "Accept": "json"},
            tried=["ck_12345", 3, True],
            account="forged",
        )
        ctx.log.warning("slow", seconds=1.5)

    assert lines == [
        {
            "log_level": "info",
            "event": "called with ***",
            "url": "https://shop.example/?consumer_secret=***&pin=***",
            "Authorization": "***",
            "api_key": None,
            "headers": {"X-Api-Key": "***", "Accept": "json"},
            "tried": ["***", 3, True],
            "connector": "acme",
            "account": "acme-ro",
            "correlation_id": "c-1",
        },
        {
            "log_level": "warning",
            "event": "slow",
            "seconds": 1.5,
            "connector": "acme",
            "account": "acme-ro",
            "correlation_id": "c-1",
        },
    ]
