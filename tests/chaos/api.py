"""A caller of the API that does not give up: GraphQL over HTTP, repeated through outages under one Idempotency-Key."""

import asyncio
import time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from graphql import parse, print_ast
from graphql.utilities import separate_operations

Answer = dict[str, Any]

_OPERATIONS = Path(__file__).with_name("operations.graphql")
_PASSING = frozenset({409, 502, 503, 504})
"""Answers that only say: not now."""


class Failed(AssertionError):  # noqa: N818 - an outcome of a test
    """The API answered with an error that is no refusal."""


class Unreachable(AssertionError):  # noqa: N818
    """Nobody answered for as long as the caller's patience lasted."""


@cache
def operations() -> dict[str, str]:
    """Each operation with the fragments that it needs, by name."""
    return {name: print_ast(one) for name, one in separate_operations(parse(_OPERATIONS.read_text("utf-8"))).items()}


class Api:
    """A caller with a key at one address. `outages` counts the answers and silences that were waited out."""

    def __init__(self, url: str, key: str, *, patience: float = 90.0) -> None:
        self.url = url
        self.key = key
        self.outages = 0
        self._patience = patience
        self._http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=20)

    async def close(self) -> None:
        await self._http.aclose()

    async def do(self, operation: str, **variables: Any) -> Answer:
        """Carries an operation out, once however often it must be repeated. Fails when it is refused."""
        answer = await self.ask(operation, **variables)
        assert "code" not in answer, f"{operation} was refused: {answer}"
        return answer

    async def ask(self, operation: str, *, idempotency_key: str | None = None, **variables: Any) -> Answer:
        """The value of the operation's one field; a refusal is a value too."""
        headers = {"Idempotency-Key": idempotency_key or uuid4().hex} if _writes(operation) else {}
        deadline = time.monotonic() + self._patience
        while True:
            answer = await self._sent(operation, variables, headers)
            if answer is not None:
                return answer
            self.outages += 1
            if time.monotonic() > deadline:
                raise Unreachable(f"{operation} at {self.url}: no answer within {self._patience} s")
            await asyncio.sleep(0.1)

    async def once(self, operation: str, *, idempotency_key: str, **variables: Any) -> Answer | None:
        """One try; None when no answer came."""
        return await self._sent(operation, variables, {"Idempotency-Key": idempotency_key})

    async def health(self) -> int | None:
        """The status of /health/ready, or None when nobody answers."""
        try:
            return (await self._http.get("/health/ready")).status_code
        except httpx.TransportError:
            return None

    async def _sent(self, operation: str, variables: Answer, headers: dict[str, str]) -> Answer | None:
        body = {"query": operations()[operation], "operationName": operation, "variables": variables}
        try:
            answer = await self._http.post("/graphql", json=body, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code in _PASSING:
            return None
        found = answer.json()
        if found.get("errors") or answer.status_code != 200:
            raise Failed(f"{operation} failed ({answer.status_code}): {found}")
        (value,) = found["data"].values()
        return dict(value) if value is not None else {}


def _writes(operation: str) -> bool:
    return operations()[operation].startswith("mutation")
