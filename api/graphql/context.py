"""What a resolver has at hand: the process's services, who asks, and the document that is being answered."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from graphql import Undefined, value_from_ast_untyped
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from starlette.requests import HTTPConnection

from api.auth import Known
from api.services import Services
from domain.kernel.actor import Actor
from domain.kernel.database import Database

from .documents import Document
from .lookahead import Selection


@dataclass(slots=True)
class Context:
    """One request. `caller` is how the actor is known, None for who is not; `cookie` is what the answer has the browser
    keep. `idempotency_key` and `fingerprint` are set when the caller sent an Idempotency-Key;
    `resume_after` is the cursor at which a broken stream is taken up again.
    """

    services: Services
    actor: Actor
    document: Document
    request: HTTPConnection
    idempotency_key: str | None = None
    fingerprint: str = ""
    resume_after: str | None = None
    caller: Known | None = None
    cookie: str | None = None
    _database: Database | None = None

    @property
    def database(self) -> Database:
        """The database as the caller has it (`Actor.scope`)."""
        if self._database is None:
            self._database = self.services.database_for(self.actor)
        return self._database

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for the caller's questions (`Database.read`)."""
        return self.database.read()

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """The caller's unit of work (`Database.begin`)."""
        return self.database.begin()

    @property
    def base_url(self) -> str:
        """Where the caller reached us. Few fields ask for it, and to find it out costs as much as ten of the others."""
        if self.services.settings.public_url:
            return self.services.settings.public_url
        reached = str(self.request.base_url).rstrip("/")
        return f"http{reached.removeprefix('ws')}" if reached.startswith("ws") else reached


Info: TypeAlias = strawberry.Info[Context, None]


def selected(info: Info) -> Selection:
    """What is asked for below the field that is being resolved."""
    return info.context.document.selection(info._raw_info.field_nodes)


def is_given(info: Info, argument: str) -> bool:
    """Whether the caller named this argument, with a value that is not null: a default says nothing of it."""
    raw = info._raw_info
    values = [one.value for one in raw.field_nodes[0].arguments or () if one.name.value == argument]
    told = [value_from_ast_untyped(value, raw.variable_values.coerced) for value in values]
    return any(value is not None and value is not Undefined for value in told)
