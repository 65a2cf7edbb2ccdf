"""Logs without secrets (spec SEC-4): by the name of a value, by how a secret looks, and those of this process by heart.

What is logged comes from us and from libraries, with texts of far sides in it. A text with none of `_MARKS` is left as
it is, which is nearly every one.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
SHORTEST = 6
"""A shorter secret of ours is not looked for in texts: it would mask parts of innocent words."""
LONGEST = 50_000
"""Characters of a text that are logged; a far side may answer with megabytes."""
_DEPTH = 8

_WORD = (
    r"secret|passw|passphrase|token|authorization|cookie|api[-_]?key|consumer[-_]?key|private[-_]?key|credential|"
    r"signature"
)
_NAME = re.compile(rf"{_WORD}|^(?:.*[-_])?(?:key|pwd|otp|hmac|sig)$|^code$", re.IGNORECASE)
_MARKS = (
    *("secret", "passw", "passphrase", "token", "authorization", "cookie", "key", "pwd", "credential", "signature"),
    *(
        "code=",
        "hmac",
        "sig=",
        "bearer ",
        "basic ",
        "omni_",
        "omnis_",
        "omnit_",
        "://",
        "/webhooks/",
        "failing row",
        ")=(",
    ),
)
_HEADER = r"(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:key|token|secret|signature)[\w-]*"
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE | flags), shown)
    for pattern, flags, shown in (
        # API keys and sessions of ours.
        (r"\b(omni[st]?_)[\w-]{16,}", 0, r"\1***"),
        # A server's address; its password may have been written with characters that end it early.
        (r"\b((?:postgres\w*|rediss?|valkeys?|smtps?)(?:\+\w+)?://)[^\s'\"]{1,500}@", 0, r"\1***@"),
        (r"(://)[^\s/?#'\"@]{1,500}@", 0, r"\1***@"),
        # A webhook's address whose last part is the secret.
        (r"(/webhooks/(?:couriers/[^/\s?]+|(?!couriers/)[^/\s?]+)/)[^\s\"'?]+", 0, r"\1***"),
        (rf"^(\s*(?:{_HEADER})\s*:\s*)[^\r\n]+", re.MULTILINE, r"\1***"),
        (r"\b(bearer|basic)\s+[\w.~+/=-]{12,}", 0, r"\1 ***"),
        # 'name': 'value' and ("name", "value"), and b"" of both.
        (
            rf"(['\"][\w.-]*(?:{_WORD})[\w.-]*['\"]\s*[:,]\s*b?(['\"]))(?:\\.|(?!\2).){{1,5000}}",
            re.DOTALL,
            r"\1***",
        ),
        # name='value', then name=value and that of a query string.
        (rf"((?:{_WORD})[\w.\[\]-]{{0,40}}\s?=\s?b?(['\"]))(?:\\.|(?!\2).){{1,5000}}", re.DOTALL, r"\1***"),
        (rf"((?:{_WORD})[\w.\[\]-]{{0,40}}=)(?!b?['\"])[^\s&\"',;)}}\]>]+", 0, r"\1***"),
        (r"([?&](?:[\w-]*key|code|hmac|sig|pwd|otp)=)[^\s&\"',;)}\]>]+", 0, r"\1***"),
        # PostgreSQL tells the values of the row that it refuses.
        (r"\)=\([^\n]*\)", 0, ")=(***)"),
        (r"(failing row contains \().*?(?=\n\[SQL|\n\n|\Z)", re.DOTALL, r"\1***)"),
    )
)


def without_secrets(text: str, known: Collection[str] = ()) -> str:
    """A text for a log; `known` are secrets that it must not hold however it came by them."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} ... ({len(text)} characters)"
    for secret in known:
        if len(secret) >= SHORTEST and secret in text:
            text = text.replace(secret, MASK)
    low = text.lower()
    if not any(mark in low for mark in _MARKS):
        return text
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return text


def hiding(secrets: Collection[str] = ()) -> Processor:
    """A processor of structlog that hides them; it comes after those that make texts of exceptions."""
    known = sorted(set(secrets), key=len, reverse=True)

    def hide(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {name: _named(name, value, known, _DEPTH) for name, value in event.items()}

    return hide


@lru_cache(maxsize=1_000)
def _secret_name(name: str) -> bool:
    return _NAME.search(name) is not None


def _named(name: str, value: Any, known: Collection[str], depth: int) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return MASK if _secret_name(name) else _plain(value, known, depth)


def _plain(value: Any, known: Collection[str], depth: int) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth and isinstance(value, Mapping):
        return {str(name): _named(str(name), part, known, depth - 1) for name, part in value.items()}
    if depth and isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(part, known, depth - 1) for part in value]
    return without_secrets(str(value), known)
