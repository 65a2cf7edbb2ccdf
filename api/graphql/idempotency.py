"""Idempotency-Key: a repeated mutating request is answered, not carried out again (architecture §7).

The key is written in the mutation's own transaction, so that it is there exactly when the change is. A twin that runs
at the same time waits for the first at the key's unique index: it then gets the first one's outcome, or 409 if the
first takes too long. Refusals are not kept: the same key may be used again once what was wrong is mended.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from asyncpg.exceptions import LockNotAvailableError  # type: ignore[import-untyped]
from sqlalchemy import String, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, Response

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.idempotency import IdempotencyRecord

LONGEST_KEY = 255
WAIT = "10s"

_SET_WAIT = text("select set_config('lock_timeout', :wait, true)").bindparams(bindparam("wait", type_=String()))


class RequestRefused(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """The request as a whole cannot be done as it stands; `status` and `headers` are those of the answer over HTTP."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        path: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.path = path
        self.headers = headers

    @property
    def extensions(self) -> dict[str, Any]:
        """What the error says of it: its code, and where in the request it is, if it is in one place."""
        return {"code": self.code, "path": list(self.path)} if self.path else {"code": self.code}

    def response(self) -> Response:
        """The answer of a door that does not speak GraphQL."""
        return JSONResponse({"code": self.code, "message": self.message}, self.status, self.headers)


def caller_of(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id or actor.label}"


def fingerprint_of(query: str, operation: str | None, variables: dict[str, Any]) -> str:
    """A hash of what is asked; the order of the variables' fields does not matter."""
    return hashlib.sha256(orjson.dumps([query, operation, variables], option=orjson.OPT_SORT_KEYS)).hexdigest()


def usable(key: str) -> bool:
    """Whether a text can be a key: 1 to 255 visible ASCII characters."""
    return 0 < len(key) <= LONGEST_KEY and all("!" <= letter <= "~" for letter in key)


async def claim(session: AsyncSession, actor: Actor, key: str, fingerprint: str) -> Json | None:
    """Takes the key for this transaction, or returns the outcome of the request that had it.

    Raises `RequestRefused`: 409 while another request with this key runs, 422 for a key of another request.
    """
    caller = caller_of(actor)
    await session.execute(_SET_WAIT, {"wait": WAIT})
    try:
        taken = await session.scalar(
            insert(IdempotencyRecord)
            .values(caller=caller, key=key, fingerprint=fingerprint, outcome={}, created_at=utc_now())
            .on_conflict_do_nothing()
            .returning(IdempotencyRecord.key)
        )
    except DBAPIError as error:
        if isinstance(getattr(error.orig, "__cause__", None), LockNotAvailableError):
            raise RequestRefused(
                409,
                "IDEMPOTENCY_KEY_IN_USE",
                "A request with this Idempotency-Key is running. Repeat yours when it has ended.",
            ) from error
        raise
    await session.execute(_SET_WAIT, {"wait": "0"})
    if taken is not None:
        return None
    earlier = (
        await session.execute(
            select(IdempotencyRecord.fingerprint, IdempotencyRecord.outcome).where(
                IdempotencyRecord.caller == caller, IdempotencyRecord.key == key
            )
        )
    ).one()
    if earlier.fingerprint != fingerprint:
        raise RequestRefused(
            422,
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was used for another request. Use a new key for each request.",
        )
    outcome: Json = earlier.outcome
    return outcome


async def keep(session: AsyncSession, actor: Actor, key: str, outcome: Json) -> None:
    """Writes what the request made, in its transaction."""
    await session.execute(
        update(IdempotencyRecord)
        .where(IdempotencyRecord.caller == caller_of(actor), IdempotencyRecord.key == key)
        .values(outcome=outcome)
    )
