"""How Innoship is called, and what its answers mean before anybody reads their content."""

from collections.abc import Mapping
from typing import Any, Literal

from omnisales_sdk import NeedsHuman, Response, TryLater

from .reading import only_objects
from .settings import Ctx

VERSION = "1.0"
"""The API version. Innoship's description demands it in the query, its support articles in a header: both are sent."""

_HOSTS: Mapping[str, str] = {"api": "api_url", "query": "query_url"}
_REFUSALS = frozenset({400, 409, 422})


def call(
    ctx: Ctx,
    host: Literal["api", "query"],
    method: str,
    path: str,
    *,
    json: Any = None,
    params: Mapping[str, str] | None = None,
    key: str | None = None,
) -> Response:
    """Sends one request to the host for writes (`api`) or for reads (`query`).

    With `key` it is a call with an effect: no answer, or a 5xx, raises `OutcomeUnknown(key)`.
    """
    return ctx.http.send(
        method,
        getattr(ctx.settings, _HOSTS[host]) + path,
        params={"api-version": VERSION, **(params or {})},
        headers={
            "X-Api-Key": ctx.credentials.api_key.get_secret_value(),
            "api-version": VERSION,
            "Accept": "application/json",
        },
        json=json,
        effect=key is not None,
        key=key,
    )


def refused(answer: Response) -> bool:
    """Innoship said no: nothing was made or changed there.

    A 404 counts only in Innoship's own error form. A bare one comes from a host that has no such address, and must
    never be read as "this shipment does not exist".
    """
    return answer.status in _REFUSALS or (answer.status == 404 and error_form(answer) is not None)


def error_form(answer: Response) -> dict[str, Any] | None:
    """The documented error body, `{errors: [...], correlationId}`, if the answer is one."""
    body = parsed(answer)
    return body if isinstance(body, dict) and ("errors" in body or "correlationId" in body) else None


def parsed(answer: Response) -> Any:
    """The body as JSON, or None for anything else (a gateway's HTML page, an empty body)."""
    try:
        return answer.json()
    except ValueError:
        return None


def demand_answer(answer: Response) -> None:
    """Lets through successes and refusals. Raises `NeedsHuman` for a bad key or a wrong address, `TryLater` for 5xx."""
    if answer.status in (401, 403):
        raise NeedsHuman(
            "credentials:refused",
            f"Innoship refused the API key (HTTP {answer.status})",
            remedy="Enter a valid API key in the courier account; Innoship's support issues them.",
        )
    if answer.status >= 500:
        raise TryLater(f"{answer.url}: HTTP {answer.status}")
    if not (200 <= answer.status < 300 or refused(answer)):
        raise NeedsHuman(
            "address:unexpected",
            f"{answer.url} answered HTTP {answer.status}, which Innoship's API does not do",
            remedy="Check api_url and query_url in the settings of the courier account.",
        )


def rows(answer: Response) -> list[dict[str, Any]]:
    """The objects of a list answer. `TryLater` for a body that is no list: it proves nothing, least of all absence."""
    body = parsed(answer)
    if not isinstance(body, list):
        raise TryLater(f"{answer.url}: an answer that cannot be read ({answer.text[:120]!r})")
    return only_objects(body)
