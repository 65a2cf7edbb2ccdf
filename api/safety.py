"""Headers that keep a browser from doing with an answer what it is not for (spec SEC-1).

They are put on every answer of every door, errors and redirects too; what an answer says of itself stays. Nothing may
be run, framed or kept by default: the console and files say what they need.
"""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.kernel.settings import Settings

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SHOWN_FILE = f"{NOTHING}; object-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'"
"""What browsers' own viewers of PDF need; a label that is no PDF, whatever the courier calls it, runs no script."""

EVERYWHERE: Mapping[str, str] = {
    "content-security-policy": NOTHING,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
HTTPS_ONLY = ("strict-transport-security", "max-age=31536000")
"""For a year; only where the public address is https, and for this host alone."""


def file_headers(name: str, *, shown: bool = False) -> dict[str, str]:
    """For a file that is handed out: `shown` in the browser, or saved. `name` holds no quotes."""
    headers = {"Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"'}
    return headers | ({"Content-Security-Policy": SHOWN_FILE} if shown else {})


class SafeAnswers:
    """An ASGI middleware, the outermost of ours."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        https = (settings.public_url or "").lower().startswith("https://")
        pairs = [*EVERYWHERE.items(), *([HTTPS_ONLY] if https else [])]
        self._headers = [(name.encode(), value.encode()) for name, value in pairs]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = list(message.get("headers", ()))
                said = {name for name, _ in headers}
                message["headers"] = headers + [one for one in self._headers if one[0] not in said]
            await send(message)

        await self._app(scope, receive, send_safely)
