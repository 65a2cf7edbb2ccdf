"""Where a line's price comes from, as the line remembers it."""

from domain.kernel.database import Json
from domain.kernel.money import plain

from .models import Level
from .rules import Candidate

MANUAL: Json = {"level": "MANUAL"}
"""Whoever entered or changed the line gave the price."""
STANDARD: Json = {"level": Level.STANDARD.value}


def source_of(winner: Candidate) -> Json:
    """The source of a price that won."""
    if winner.slug is None:
        return STANDARD
    return {"level": winner.level.value, "list": winner.slug, "min_quantity": plain(winner.min_quantity)}
