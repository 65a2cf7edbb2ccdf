"""The application over real HTTP semantics, on a database of the test's own."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from api.app import create_app
from api.services import Services
from domain.kernel.database import Database
from domain.kernel.settings import Settings
from plugins.host import Host, load_connectors
from tests.support import databases


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Tracebacks as they are: drawing them with all their variables takes seconds."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ]
    )


ADMIN_KEY = "test-admin-key-0123456789"


@cache
def host() -> Host:
    """The built-in connectors, whatever else is installed."""
    return load_connectors(only=("woocommerce", "innoship", "manual"))


@dataclass(frozen=True, slots=True)
class Api:
    """A running application, a client for it, and its database."""

    app: Starlette
    http: httpx.AsyncClient
    database: Database

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    async def ask(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Posts a document as the administrator."""
        return await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"Authorization": f"Bearer {ADMIN_KEY}", **{k.replace("_", "-"): v for k, v in headers.items()}},
        )

    async def data(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(query, variables, **headers)
        body = answer.json()
        assert "errors" not in body, body
        assert answer.status_code == 200
        return body["data"]


@asynccontextmanager
async def running(database: Database, **changed: Any) -> AsyncIterator[Api]:
    """The application on a database; `changed` are settings that differ from the usual."""
    usual = Settings(
        database_url=database.url, secret_key="k" * 32, admin_key=ADMIN_KEY, pool_size=5, password_memory_kib=64
    )
    settings = replace(usual, **changed)
    app = create_app(settings, host=host())
    async with app.router.lifespan_context(app):
        await app.state.services.prepared.wait()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Api(app, client, database)


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """On a database of the test's own."""
    async with running(database) as api:
        yield api


@pytest.fixture(scope="session")
async def shared_api() -> AsyncIterator[Api]:
    """One for all tests of a process that leave nothing behind."""
    name = f"shared_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    async with running(database) as api:
        yield api
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")
