"""Checks who sent a webhook, by the scheme of the connector's manifest, on the raw bytes (spec SEC-3)."""

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from pydantic import SecretStr

from omnisales_sdk import Manifest, WebhookScheme


class Verdict(Enum):
    """VALID: store it. PING: answer 200 and store nothing. INVALID: answer 401 and store nothing."""

    VALID = "valid"
    PING = "ping"
    INVALID = "invalid"


def webhook_secrets(manifest: Manifest, *credentials: Mapping[str, Any]) -> tuple[str, ...]:
    """The webhook secrets in these credentials (the current ones, and those before a rotation); empty ones left out.

    A field may hold one secret or a list of them, as text or `SecretStr`.
    """
    if manifest.webhook is None:
        return ()
    found = []
    for one in credentials:
        value = one.get(manifest.webhook.secret_field)
        for secret in value if isinstance(value, (list, tuple)) else [value]:
            found.append(secret.get_secret_value() if isinstance(secret, SecretStr) else secret)
    return tuple(secret for secret in found if secret)


def verify(
    scheme: WebhookScheme,
    secrets: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    *,
    path_secret: str | None = None,
) -> Verdict:
    """Whether one of `secrets` vouches for this delivery. Without any secret, nothing is valid.

    Header names may be in any case. `path_secret` is the last part of the address, for schemes with `in_path`.
    Every secret is tried, each in constant time, so that the answer's time tells nothing of them.
    """
    usable = [secret for secret in secrets if secret]
    if scheme.in_path:
        given = (path_secret or "").encode()
        valid = [hmac.compare_digest(given, secret.encode()) for secret in usable]
        return Verdict.VALID if any(valid) else Verdict.INVALID
    signature = _header(headers, scheme.signature_header or "")
    if signature is None:
        unsigned_ping = scheme.ping is not None and re.fullmatch(scheme.ping.encode(), body)
        return Verdict.PING if unsigned_ping else Verdict.INVALID
    given = signature.strip().encode()
    if scheme.encoding == "hex":
        given = given.lower()
    valid = [hmac.compare_digest(given, _expected(scheme, secret, body)) for secret in usable]
    return Verdict.VALID if any(valid) else Verdict.INVALID


def _header(headers: Mapping[str, str], name: str) -> str | None:
    wanted = name.lower()
    return next((value for header, value in headers.items() if header.lower() == wanted), None)


def _expected(scheme: WebhookScheme, secret: str, body: bytes) -> bytes:
    digest = hmac.digest(secret.encode(), body, scheme.digest)
    return b64encode(digest) if scheme.encoding == "base64" else digest.hex().encode()
