"""What a caller is told while the database is away: to come again."""

from domain.kernel.away import database_is_away

__all__ = ["RETRY_AFTER", "database_is_away"]

RETRY_AFTER = {"Retry-After": "1"}
