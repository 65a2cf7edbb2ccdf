"""Far sides at their worst, as HTTP clients that never reach a network."""

from typing import Any

from omnisales_sdk.errors import TryLater
from omnisales_sdk.http import HttpClient, Response

_PAGE = b"<!DOCTYPE html><html><body><h1>Be right back</h1></body></html>"


class _Away(HttpClient):
    def send(self, method: str, url: str, **options: Any) -> Response:
        raise TryLater(f"{method} {url}: cannot be reached")


class _Answering(HttpClient):
    """Answers all requests alike."""

    def __init__(self, status: int, media_type: str, content: bytes) -> None:
        super().__init__()
        self._answer = (status, {"content-type": media_type}, content)

    def send(self, method: str, url: str, **options: Any) -> Response:
        status, headers, content = self._answer
        return Response(status=status, headers=headers, content=content, url=url)


class ForbiddenClient(HttpClient):
    """Says who called it: a pure hook has no business here."""

    def send(self, method: str, url: str, **options: Any) -> Response:
        raise AssertionError("a pure hook sent a request")


def far_sides() -> dict[str, HttpClient]:
    """By name, what a connector must survive with a signal or an answer of the contract."""
    return {
        "is away": _Away(),
        "refuses the credentials": _Answering(401, "application/json", b'{"message": "Unauthorized"}'),
        "is behind a firewall's page": _Answering(403, "text/html", _PAGE),
        "answers with a web page": _Answering(200, "text/html; charset=utf-8", _PAGE),
    }
