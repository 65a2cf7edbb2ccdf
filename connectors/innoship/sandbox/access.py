"""The key and the API version, which every call under /api needs."""

from secrets import compare_digest

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from .book import Book
from .errors import error

VERSION = "1.0"


class AccessMiddleware:
    """Refuses calls without the right key or version, and counts the others by address."""

    def __init__(self, app: ASGIApp, api_key: str, book: Book) -> None:
        self.app = app
        self.api_key = api_key
        self.book = book

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if not compare_digest(request.headers.get("x-api-key", "").encode(), self.api_key.encode()):
            await error(401, "Unable to authorize request")(scope, receive, send)
        elif request.query_params.get("api-version") != VERSION:
            await error(400, "A supported api-version must be given")(scope, receive, send)
        else:
            self.book.calls[f"{scope['method']} {scope['path']}"] += 1
            await self.app(scope, receive, send)
