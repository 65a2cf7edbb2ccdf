"""The answers of the webhooks' door, made ready as bytes."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from starlette.types import Send


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and a body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body})


def answer(status: int, content: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    body = orjson.dumps(content)
    own = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    length = (b"content-length", str(len(body)).encode())
    return Answer(status, (length, (b"content-type", b"application/json"), *own), body)
