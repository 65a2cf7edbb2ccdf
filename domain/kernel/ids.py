"""Identifiers: UUIDv7, so that keys sort by their time of creation (RFC 9562 §5.7)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier. Its order tells nothing about the order of transactions; history uses `seq` for that."""
    return UUID(int=uuid7().int)


def parse_id(text: str) -> UUID | None:
    """The UUID that `text` spells, or None; callers turn None into "not found" rather than a fault."""
    try:
        return UUID(text)
    except ValueError:
        return None
