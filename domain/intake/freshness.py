"""Whether what arrived is news: pure comparison with the state that was last applied."""

from dataclasses import dataclass
from enum import StrEnum


class Freshness(StrEnum):
    """UNCLEAR: both carry one version and say different things, so only the channel itself can tell."""

    NEW = "new"
    NEWER = "newer"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Seen:
    """A state of an external order: its version (None when unknown) and the fingerprint of what it says."""

    version: str | None
    fingerprint: str | None


def freshness(applied: Seen, incoming: Seen, *, authoritative: bool) -> Freshness:
    """Compares with the last applied state, never with any seen before: A, B, A must end at A (spec SYN-4).

    `authoritative`: the state was fetched from the channel just now, so that a tie is decided by it.
    """
    if applied.fingerprint is None:
        return Freshness.NEW
    both = applied.version is not None and incoming.version is not None
    if incoming.fingerprint == applied.fingerprint:
        return Freshness.DUPLICATE
    if both and str(incoming.version) < str(applied.version):
        return Freshness.SUPERSEDED
    if both and str(incoming.version) > str(applied.version):
        return Freshness.NEWER
    return Freshness.NEWER if authoritative else Freshness.UNCLEAR


def later_version(one: str | None, other: str | None) -> str | None:
    """The greater of two versions; a known one wins over an unknown one."""
    return max((version for version in (one, other) if version is not None), default=None)
