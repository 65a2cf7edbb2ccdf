"""For how long things are kept, as settings say."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.kernel.refusals import invalid

_DAY, _YEAR = timedelta(days=1), timedelta(days=365.25)
_SETTINGS: Mapping[str, tuple[str, float, timedelta]] = {
    "raw": ("OMNISALES_RETENTION_DAYS_RAW", 90, _DAY),
    "sync_runs": ("OMNISALES_RETENTION_DAYS_SYNC_RUNS", 30, _DAY),
    "pushes": ("OMNISALES_RETENTION_DAYS_PUSHES", 90, _DAY),
    "bulk_runs": ("OMNISALES_RETENTION_DAYS_BULK_RUNS", 90, _DAY),
    "diary": ("OMNISALES_RETENTION_DAYS_DIARY", 365, _DAY),
    "invoices": ("OMNISALES_RETENTION_YEARS_INVOICES", 10, _YEAR),
}
_LEAST, _MOST = 1, 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`raw`: bodies and headers of what arrived; `pushes`: what was written to channels; `diary`: entries that are
    done; `invoices`: the buyers on invoices of persons who were erased."""

    raw: timedelta
    sync_runs: timedelta
    pushes: timedelta
    bulk_runs: timedelta
    diary: timedelta
    invoices: timedelta


def kept(env: Mapping[str, str] = os.environ) -> Kept:
    """Raises `Invalid` naming the setting that cannot be used."""
    return Kept(**{name: _number(env, *setting) for name, setting in _SETTINGS.items()})


def _number(env: Mapping[str, str], name: str, default: float, unit: timedelta) -> timedelta:
    text = env.get(name)
    if not text:
        return default * unit
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not _LEAST <= value <= _MOST:
        raise invalid((name,), "NOT_A_NUMBER", f"{name} is {text!r}: set a number from {_LEAST} to {_MOST}.")
    return value * unit
