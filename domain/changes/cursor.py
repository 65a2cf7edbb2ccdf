"""Where a reader of the feed stands: opaque to callers, and in an order."""

import base64
import re
from typing import NamedTuple
from uuid import UUID

from domain.kernel.refusals import Refusal, invalid

_FORM = re.compile(r"([0-9a-f]{32})\.(\d{1,19})\.(\d{1,19})")
_MAX_BIGINT = 2**63 - 1


class Place(NamedTuple):
    """After the change (`xid`, `position`)."""

    xid: int
    position: int


class CursorExpired(Refusal):
    """What followed the cursor was forgotten meanwhile: the reader reads its things again, and follows from now."""

    code = "CURSOR_EXPIRED"

    def __init__(self, path: str = "after") -> None:
        super().__init__(
            "The changes after this cursor are no longer kept. Take a new cursor (changesCursor), read again what you "
            "show, and follow from there.",
            path=(path,),
        )


def encode(epoch: UUID, place: Place) -> str:
    """The cursor as callers see it."""
    return base64.urlsafe_b64encode(f"{epoch.hex}.{place.xid}.{place.position}".encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[UUID, Place]:
    """Raises `Invalid` for a text that is no cursor of the feed."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        found = _FORM.fullmatch(text)
    except ValueError:
        found = None
    if found is None or max(int(found[2]), int(found[3])) > _MAX_BIGINT:
        raise invalid(
            ("after",), "BAD_CURSOR", "after is no cursor of the feed. Take it from a change or from changesCursor."
        )
    return UUID(found[1]), Place(int(found[2]), int(found[3]))
