"""Reads a GraphQL request from HTTP: a JSON body, or the query of a GET. Says what is wrong with it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from api.bodies import BrokenOff, TooLarge, read_body

from .idempotency import RequestRefused

MAX_BYTES = 2_000_000
"""Room for a text of a megabyte, so that its field can be named when it is refused."""
_MAX_NESTING = 64
# PostgreSQL's texts cannot hold NUL, and UTF-8 no half of a surrogate pair. In JSON, both are spelled as escapes.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_SPELLED = re.compile(rb"\\u(0000|d[89a-f])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    query: str
    operation: str | None
    variables: dict[str, Any]


async def read_request(request: Request, limit: int = MAX_BYTES) -> GraphQLRequest:
    """Raises `RequestRefused`: 400 for what is no GraphQL request, 413 for too large a body, 415 for one that
    is not JSON.
    """
    if request.method == "GET":
        parts: dict[str, Any] = dict(request.query_params)
        for name in ("variables", "extensions"):
            if parts.get(name):
                parts[name] = _json(parts[name].encode(), f"{name} is not JSON.")
        raw = b"\\u0000"
    else:
        kind, _, parameters = request.headers.get("content-type", "").partition(";")
        charset = parameters.strip().lower().partition("charset=")[2].strip('"')
        if kind.strip().lower() != "application/json" or charset not in ("", "utf-8"):
            raise RequestRefused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json, in UTF-8.")
        raw = await _body(request, limit)
        parts = _object(_json(raw, "The body is not JSON."))
    # Only a body that spells them is searched; the document's own texts are looked at when it is made ready.
    return request_of(parts, look_for_no_text=_SPELLED.search(raw) is not None)


def request_of(parts: Mapping[str, Any], *, look_for_no_text: bool = True) -> GraphQLRequest:
    """The request that these parts make. Raises `RequestRefused` for what is no GraphQL request."""
    query, operation, variables = parts.get("query"), parts.get("operationName"), parts.get("variables")
    if not isinstance(query, str) or not query:
        raise _bad("The field query is missing; it is the GraphQL document, as a text.")
    if operation is not None and not isinstance(operation, str):
        raise _bad("operationName is a text or null.")
    if variables is not None and not isinstance(variables, dict):
        raise _bad("variables is an object or null.")
    if not isinstance(parts.get("extensions"), dict | None):
        raise _bad("extensions is an object or null.")
    if look_for_no_text:
        sent = {"query": query.replace("\x00", ""), "operationName": operation, "variables": variables}
        for path, text in _texts(sent):
            if _NO_TEXT.search(text):
                raise _bad("Remove the characters that are no text (NUL, halves of surrogate pairs).", path)
    return GraphQLRequest(query, operation or None, variables or {})


async def _body(request: Request, limit: int) -> bytes:
    try:
        return await read_body(request.receive, request.headers.get("content-length", ""), limit)
    except TooLarge:
        raise RequestRefused(413, "TOO_LARGE", f"A request has at most {limit} bytes.") from None
    except BrokenOff:
        raise _bad("The body broke off.") from None


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text with its path. The name of a field counts to what it is in, since the path repeats it."""
    if len(path) > _MAX_NESTING:
        raise _bad(f"Variables are nested more than {_MAX_NESTING} levels deep.")
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield path, name
            yield from _texts(part, (*path, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _texts(part, (*path, str(place)))


def _object(body: Any) -> dict[str, Any]:
    if isinstance(body, list):
        raise _bad("Send one operation per request; batches are not taken.")
    if not isinstance(body, dict):
        raise _bad('The body is a JSON object such as {"query": "{ ... }", "variables": {}}.')
    return body


def _json(raw: bytes, message: str) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if not _SPELLED.search(raw):
            raise _bad(message) from error
    # Half a surrogate pair, perhaps: read so that the field that has it can be named.
    try:
        return json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad(message) from error


def _no_constant(name: str) -> None:
    """NaN and infinity are no JSON."""
    raise ValueError(name)


def _bad(message: str, path: Sequence[str] = ()) -> RequestRefused:
    return RequestRefused(400, "BAD_REQUEST", message, path=path)
