"""Webhook secrets that were changed and still hold for a time, so that what is under way is not refused (spec SEC-3).

They are kept sealed beside an account's credentials, each with its own end. Pure, but for the vault.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .secrets import Vault

MOST = 5
"""Of more, the oldest are forgotten: who changes a secret that often has none in use that old."""


@dataclass(frozen=True, slots=True)
class OldSecret:
    """A secret that is accepted before `until` (aware, UTC)."""

    secret: str
    until: datetime

    def __repr__(self) -> str:
        return f"OldSecret(until={self.until.isoformat()})"


def place_of(kind: str, account_id: UUID) -> str:
    """Where the vault binds them to; `kind` is channel or courier."""
    return f"{kind}_old_secrets:{account_id}"


def open_old(vault: Vault, sealed: bytes | None, kind: str, account_id: UUID) -> list[OldSecret]:
    """What was sealed, expired ones too. Raises `WrongKeyError`."""
    if sealed is None:
        return []
    return [
        OldSecret(one["secret"], datetime.fromisoformat(one["until"]))
        for one in vault.open(sealed, place_of(kind, account_id))
    ]


def seal_old(vault: Vault, secrets: Sequence[OldSecret], kind: str, account_id: UUID) -> bytes | None:
    """None where there are none."""
    if not secrets:
        return None
    rows = [{"secret": one.secret, "until": one.until.isoformat()} for one in secrets]
    return vault.seal(rows, place_of(kind, account_id))


def retire(
    known: Iterable[OldSecret], secret: str | None, current: str | None, *, now: datetime, until: datetime
) -> list[OldSecret]:
    """The old secrets after `secret` was replaced by `current`, newest first.

    Several changes in a row keep each its own end, since the far side may not have been told of any; but none lasts
    beyond `until`: whoever says that old secrets end now means all of them. The current one is never old.
    """
    kept = [OldSecret(one.secret, min(one.until, until)) for one in known if one.secret not in (secret, current)]
    if secret is not None and secret != current:
        kept.insert(0, OldSecret(secret, until))
    return [one for one in kept if one.until > now][:MOST]


def accepted_at(known: Iterable[OldSecret], at: datetime) -> list[str]:
    """The old secrets that held at a moment."""
    return [one.secret for one in known if one.until > at]
