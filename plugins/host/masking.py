"""Keeps secrets out of logs and tracebacks: by the name of a value, and by the value itself."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

MASK = "***"
_SECRET_NAME = re.compile(
    r"secret|passw|token|authorization|api[-_]?key|consumer[-_]?key|credential|signature|cookie", re.IGNORECASE
)
SHORTEST = 4
"""A shorter secret is not looked for in texts: it would mask parts of innocent words."""


def secret_values(model: BaseModel) -> frozenset[str]:
    """The secret texts of a settings or credentials model, nested ones too."""
    return frozenset(value for value in _secrets(dict(model)) if len(value) >= SHORTEST)


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, SecretBytes):
        yield value.get_secret_value().decode("utf-8", errors="replace")
    elif isinstance(value, BaseModel):
        yield from _secrets(dict(value))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _secrets(part)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from _secrets(part)


def scrub(text: str, secrets: frozenset[str]) -> str:
    """`text` without any of the secrets; the longest first, since one may contain another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def masked(values: Mapping[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """`values` for a log: those named like a secret are masked whole, the secrets are taken out of the others."""
    return {
        name: MASK if _SECRET_NAME.search(name) and value is not None else _plain(value, secrets)
        for name, value in values.items()
    }


def _plain(value: Any, secrets: frozenset[str]) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return masked({str(name): part for name, part in value.items()}, secrets)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(part, secrets) for part in value]
    return scrub(str(value), secrets)
