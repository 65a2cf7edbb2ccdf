"""Optimistic locking: a writer names the version that was read (architecture §3)."""

from .refusals import StaleVersion


def check_version(what: str, expected: int | None, current: int) -> None:
    """Raises StaleVersion where the writer read another version than the current; None asks for no check."""
    if expected is not None and expected != current:
        raise StaleVersion(what, expected=expected, current=current)
