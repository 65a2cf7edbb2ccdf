"""The one place that reads the clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware and UTC."""
    return datetime.now(UTC)
