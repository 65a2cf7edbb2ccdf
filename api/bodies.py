"""Reads a body up to a limit, without ever holding more than that."""

from starlette.types import Receive


class TooLarge(Exception):  # noqa: N818 - an answer to the sender
    """The body is larger than the limit, by its own word or as it comes."""


class BrokenOff(Exception):  # noqa: N818
    """The sender went away in the middle of the body."""


async def read_body(receive: Receive, announced: str, limit: int) -> bytes:
    """The raw body; `announced` is its Content-Length, if it has one. Raises `TooLarge` or `BrokenOff`."""
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BrokenOff
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return b"".join((*parts, part)) if parts else bytes(part)
        parts.append(part)
