"""The answers of the webhooks' door, made ready as bytes."""

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


def answer(status: int, content: dict[str, str], **headers: str) -> Answer:
    """An answer in JSON. Underscores in the names of headers stand for hyphens."""
    body = orjson.dumps(content)
    own = ((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    length = (b"content-length", str(len(body)).encode())
    return Answer(status, (length, (b"content-type", b"application/json"), *own), body)
