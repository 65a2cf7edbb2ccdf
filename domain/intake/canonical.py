"""Incoming orders as JSON, and the fingerprint that tells whether two of them say the same."""

import hashlib
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from .types import IncomingOrder

_ADAPTER = TypeAdapter(IncomingOrder)
_NOT_CONTENT = ("version", "extra")
_NOT_OF_A_LINE = ("sku", "variant")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def to_json(order: IncomingOrder) -> dict[str, Any]:
    """The order as plain JSON values; amounts as text, so that nothing is lost."""
    return dict(_ADAPTER.dump_python(order, mode="json"))


def from_json(value: dict[str, Any]) -> IncomingOrder:
    """The order that `to_json` wrote."""
    return _ADAPTER.validate_python(value)


def fingerprint(order: IncomingOrder) -> str:
    """SHA-256 of what the order says, however its numbers are spelled (2 = 2.00).

    `extra` is none of it: metafields are filled in once, when the order is new, and are the house's own then.
    A line's SKU and variant are left out: shops read them from the product at the time of the request, so that they
    change (a SKU renamed, a product deleted) without anybody having touched the order; the line's id tells lines apart.
    """
    value = _ADAPTER.dump_python(order)
    for name in _NOT_CONTENT:
        del value[name]
    for line in value["lines"]:
        for name in _NOT_OF_A_LINE:
            del line[name]
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def clean(order: IncomingOrder) -> IncomingOrder:
    """The order with what PostgreSQL cannot hold as text (NUL, lone surrogates) replaced by U+FFFD."""
    value = _ADAPTER.dump_python(order)
    text = json.dumps(value, ensure_ascii=False, default=str)
    if "\\u0000" not in text and not _UNSTORABLE.search(text):
        return order
    return _ADAPTER.validate_python(_cleaned(value))


def clean_text(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD."""
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {name: _cleaned(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return value


def _plain(value: Decimal | datetime) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return value.astimezone(UTC).isoformat()
