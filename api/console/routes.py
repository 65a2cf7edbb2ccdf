"""Serves the console from this folder alone: the page and its files name no other host, and its
Content-Security-Policy makes the browser refuse one.

The page holds no data and needs no key; what it may see is decided by /graphql on each request.
"""

from os import PathLike, stat_result
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_HERE = Path(__file__).parent

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        # The editor writes style elements and attributes, and draws its squiggles as data: images.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

_SAFETY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# The page names its files by their content's digest: a name's content never changes, the page does with each release.
_PAGE_HEADERS = {**_SAFETY, "Cache-Control": "no-cache"}
_FILE_HEADERS = {**_SAFETY, "Cache-Control": "public, max-age=31536000, immutable"}


class _ConsoleFiles(StaticFiles):
    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_FILE_HEADERS)
        return response


def console_routes() -> list[BaseRoute]:
    """The routes of the console: GET /graphiql (the page) and /graphiql/static/* (its files, with ETags)."""
    page = (_HERE / "page.html").read_text(encoding="utf-8")

    async def graphiql(_request: Request) -> HTMLResponse:
        return HTMLResponse(page, headers=_PAGE_HEADERS)

    files = GZipMiddleware(_ConsoleFiles(directory=_HERE / "static"), compresslevel=6)
    return [Route("/graphiql", graphiql, methods=["GET"]), Mount("/graphiql/static", files)]
