"""One id through request, inbox, outbox, job and outgoing call: taken from the caller, else made."""

import re
from secrets import token_hex

HEADER = "X-Correlation-Id"

_USABLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def correlation_id_of(sent: str | None) -> str:
    """The caller's id if it can be one, else a new one."""
    return sent if sent is not None and _USABLE.fullmatch(sent) else token_hex(16)
