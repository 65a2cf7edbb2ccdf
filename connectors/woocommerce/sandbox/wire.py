"""How WordPress writes JSON and errors, and what a handler is given and gives back."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Doc = dict[str, Any]

HOME = "https://shop.example"
"""The store's own address in everything that the sandbox keeps; its real one is put in when an answer is written."""

EXPOSED = {
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
    "Cache-Control": "no-cache, must-revalidate, max-age=0, no-store, private",
}
INVALID_PARAM = "rest_invalid_param"
INVALID_TYPE = "rest_invalid_type"


class WpError(Exception):
    """A refusal in WordPress' form. `data` takes the place of `{"status": ...}` or is added to it."""

    def __init__(self, status: int, code: str, message: str, *, data: Any = None) -> None:
        super().__init__(message)
        self.status = status
        merged = {"status": status, **data} if isinstance(data, dict) else data
        self.body: Doc = {"code": code, "message": message, "data": {"status": status} if data is None else merged}


def invalid_param(name: str, message: str, code: str) -> WpError:
    """A parameter that breaks its schema, as WordPress says it (twice)."""
    detail = {"code": code, "message": message, "data": {"param": name} if code == INVALID_TYPE else None}
    return WpError(
        400,
        INVALID_PARAM,
        f"Invalid parameter(s): {name}",
        data={"params": {name: message}, "details": {name: detail}},
    )


def invalid_order_id(*, writing: bool) -> WpError:
    """The one code has two statuses and two texts."""
    code = "woocommerce_rest_shop_order_invalid_id"
    return WpError(400, code, "ID is invalid.") if writing else WpError(404, code, "Invalid ID.")


def encoded(value: Any, home: str) -> bytes:
    """JSON as PHP writes it: slashes and everything beyond ASCII escaped."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace(HOME, home).replace("/", "\\/").encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request that passed authentication: query parameters, parsed body, ids from the path."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Doc = field(default_factory=dict)
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Any, Call], Reply]


def links(path: str, *, allow: str, up: str | None = None, **more: Any) -> Doc:
    """`_links` of one object below wc/v3."""
    root = f"{HOME}/wp-json/wc/v3/"
    found: Doc = {
        "self": [{"href": root + path, "targetHints": {"allow": allow.split(", ")}}],
        "collection": [{"href": root + path.rpartition("/")[0]}],
        **more,
    }
    return {**found, "up": [{"href": root + up}]} if up else found


def created(path: str, body: Any) -> Reply:
    return Reply(body=body, status=201, headers={"Location": f"{HOME}/wp-json/wc/v3/{path}"})


def slugged(text: str) -> str:
    """A text as WordPress puts it into addresses."""
    plain = text.lower().translate(str.maketrans("ăâîșț", "aaist"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def picked(value: Any, fields: str | None) -> Any:
    """`_fields=a,b.c`: only these, in the order of the object."""
    if not fields:
        return value
    if isinstance(value, list):
        return [picked(entry, fields) for entry in value]
    wanted = [name.split(".") for name in fields.split(",") if name]
    return _picked(value, wanted)


def _picked(value: Doc, wanted: list[list[str]]) -> Doc:
    found: Doc = {}
    for name, inner in value.items():
        paths = [path[1:] for path in wanted if path[0] == name]
        if not paths:
            continue
        found[name] = inner if [] in paths or not isinstance(inner, dict) else _picked(inner, paths)
    return found
