"""What the arguments of the walk are made of: things of the house, each call with its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.move import MoveOrder, move_order
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.status import Status
from tests.api.conftest import ADMIN_KEY, Api
from tests.support.builders import OPERATOR, make_order, make_variant

from .documents import Root, document, roots

ADMIN: Mapping[str, str] = {"Authorization": f"Bearer {ADMIN_KEY}"}
WALKER = "walker"
"""A role that permits nothing, which every caller of the walk holds: approval steps name it."""

_serial = count(1)


@dataclass(frozen=True)
class World:
    """The house, and `caller`, the headers of who will call: what must be theirs is made by them."""

    api: Api
    caller: Mapping[str, str] = field(default_factory=lambda: ADMIN)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with self.api.database.begin() as session:
            yield session

    def word(self) -> str:
        """A word that nobody used."""
        return f"walk-{next(_serial)}"

    async def order(self, status: Status = Status.DRAFT, **fields: Any) -> Order:
        """An order that was moved there from DRAFT, or entered in this status if it takes more than a move."""
        async with self.session() as session:
            order = await make_order(session, **fields)
            if status is not Status.DRAFT:
                await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=status))
            return order

    async def sku(self, stock: int = 10) -> str:
        """A product with stock in the main warehouse."""
        async with self.session() as session:
            return (await make_variant(session, stock=stock)).sku

    async def do(self, name: str, headers: Mapping[str, str] = ADMIN, **variables: Any) -> Any:
        """What a root field answers, by default to the administrator."""
        [root] = [one for one in roots() if one.name == name]
        answer = await ask(self.api, root, variables, headers)
        assert "errors" not in answer, (name, answer)
        return answer["data"][name]

    def day(self, days: int = 0) -> str:
        return (utc_now() + timedelta(days=days)).date().isoformat()

    def time(self, days: int = 0) -> str:
        return (utc_now() + timedelta(days=days)).isoformat()


async def ask(api: Api, root: Root, variables: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    """The body of the answer to the root field's document."""
    asked = {"query": document(root), "variables": dict(variables)}
    body = (await api.http.post("/graphql", json=asked, headers=dict(headers))).json()
    assert isinstance(body, dict)
    return body
