"""The log that a hook is handed: structlog, bound to connector and account, with secrets masked."""

from typing import Any

import structlog

from .masking import masked, scrub


class MaskedLog:
    """Implements the contract's `Log`. Names that the host binds (connector, account...) cannot be overwritten."""

    def __init__(self, secrets: frozenset[str], **bound: Any) -> None:
        self._secrets = secrets
        self._bound = {name: value for name, value in bound.items() if value is not None}
        self._log = structlog.get_logger("omnisales.connector")

    def info(self, event: str, **values: Any) -> None:
        self._log.info(scrub(event, self._secrets), **self._safe(values))

    def warning(self, event: str, **values: Any) -> None:
        self._log.warning(scrub(event, self._secrets), **self._safe(values))

    def _safe(self, values: dict[str, Any]) -> dict[str, Any]:
        return masked(values, self._secrets) | self._bound
