"""Settings of the engine room alone, read from the environment; each is a number."""

import os

from domain.kernel.refusals import invalid
from domain.retention.kept import kept

_NUMBERS = {
    "OMNISALES_WORKER_THREADS": (16, 1, 500),
    "OMNISALES_SWEEP_SECONDS": (30, 0.1, 86_400),
    "OMNISALES_LEASE_MARGIN_SECONDS": (30, 0, 3_600),
    "OMNISALES_FEED_DAYS": (7, 0.01, 3_650),
    "OMNISALES_AUDIT_DAYS": (1_096, 1, 36_500),
    "dramatiq_worker_timeout": (50, 1, 10_000),
}
"""By name: what holds when it is not set, the least, and the most.

Threads of a worker; after how long what was sent and is still there is sent again; what a lease lasts beyond the
connector's own limits, for the database's time and ours; how many days the change feed and the audit log are kept; how
many milliseconds an idle consumer sleeps at most (the name is Dramatiq's), of which a lone piece of work waits about
half.
"""


def number(name: str) -> float:
    """The setting. Raises `Invalid`."""
    default, least, most = _NUMBERS[name]
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise invalid((name,), "NOT_A_NUMBER", f"{name} is {text!r}: set a number from {least} to {most}.")
    return value


def check() -> None:
    """Raises `Invalid` for a setting that cannot be used, before any work is begun."""
    for name in _NUMBERS:
        number(name)
    kept()
