"""Reads a body up to a limit, without ever holding more than that."""

from starlette.requests import Request


class TooLarge(Exception):  # noqa: N818 - an answer to the sender
    """The body is larger than the limit, by its own word or as it comes."""


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body. Raises `TooLarge`."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
