"""What a caller is told while the database is away: to come again."""

from domain.kernel.away import database_is_away

__all__ = ["RETRY_AFTER", "RETRY_AFTER_SECONDS", "database_is_away"]

RETRY_AFTER_SECONDS = "1"
RETRY_AFTER = {"Retry-After": RETRY_AFTER_SECONDS}
