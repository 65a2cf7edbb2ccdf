"""The three things that a connector may raise. Everything else is a bug of the connector, and is shown as such.

ConnectorSignal
├── TryLater        the far side is busy, away, or asks to wait: the same work is done again later
├── NeedsHuman      only a person can mend it: credentials, a mapping, a refused value
└── OutcomeUnknown  the request went out and its answer never came: the far side is asked, never told again
"""

from collections.abc import Mapping
from datetime import timedelta


class ConnectorSignal(Exception):  # noqa: N818 - these are outcomes that the host acts on, not faults
    """Base of the three outcomes that a hook may raise."""


class TryLater(ConnectorSignal):
    """Nothing was changed on the far side; do it again after `after` (None: the host's own backoff)."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.after = after


class NeedsHuman(ConnectorSignal):
    """Nobody but a person can mend this.

    `cause` is a machine-readable key such as `credentials:refused`, `sku:ABC-1`, `payload:invalid`; creating what it
    names re-queues the work that waits for it. `message` says what is wrong, `remedy` what to do, both in words that
    an operator understands.
    """

    def __init__(self, cause: str, message: str, *, remedy: str, extra: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.remedy = remedy
        self.extra = dict(extra or {})


class OutcomeUnknown(ConnectorSignal):
    """The request may have taken effect. `key` is the idempotency key by which the far side can be asked."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        self.message = message
