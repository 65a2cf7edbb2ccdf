"""The application over real HTTP semantics, on a database of the test's own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.app import create_app
from api.services import Services
from domain.kernel.database import Database
from domain.kernel.settings import Settings
from plugins.host import Host, load_connectors

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


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    settings = Settings(database_url=database.url, secret_key="k" * 32, admin_key=ADMIN_KEY, pool_size=5)
    app = create_app(settings, host=host())
    async with app.router.lifespan_context(app):
        await app.state.services.prepared.wait()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Api(app, client, database)
