"""An order's status and totals from its history alone (spec ORD-8), for proofs and for support."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from domain.kernel.database import Json

from .models import ChargeKind, PaymentState
from .status import Status
from .totals import Totals, order_totals


class Entry(Protocol):
    """What is looked at of a history entry."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Json: ...


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The order as its history tells. `totals` are those that history states last, `summed` those that follow from
    the lines and charges that it states last: the two must agree. `lines` and `charges` are those, as `contents_data`
    writes them; `seq` is the last entry that was played."""

    status: Status
    since: datetime
    payment_state: PaymentState
    totals: Totals
    summed: Totals
    approve_status: int | None = None
    seq: int = 0
    lines: Sequence[Json] = ()
    charges: Sequence[Json] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    subtotal: Decimal
    discount: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class _Charge:
    kind: ChargeKind
    amount: Decimal
    tax: Decimal


class BrokenHistory(Exception):  # noqa: N818 - says what is broken
    """The entries do not follow from each other: one is missing, or was written past `record`."""


def rebuild(entries: Iterable[Entry], until: datetime | None = None) -> Rebuilt:
    """Plays the history, up to a moment if one is given. Raises BrokenHistory where it has a gap or contradicts."""
    built: Rebuilt | None = None
    for expected, entry in enumerate(sorted(entries, key=lambda entry: entry.seq), start=1):
        if entry.seq != expected:
            raise BrokenHistory(f"entry {expected} is missing")
        if until is not None and entry.at > until:
            break
        built = _first(entry) if built is None else _next(built, entry)
    if built is None:
        raise BrokenHistory("there is no entry")
    return built


def _first(entry: Entry) -> Rebuilt:
    if "status" not in entry.data or "totals" not in entry.data:
        raise BrokenHistory("the first entry does not tell how the order began")
    return Rebuilt(
        status=Status(entry.data["status"]),
        since=entry.at,
        payment_state=PaymentState(entry.data["payment_state"]),
        totals=_totals(entry.data["totals"]),
        summed=_summed(entry.data),
        seq=entry.seq,
        lines=entry.data["lines"],
        charges=entry.data["charges"],
    )


def _next(built: Rebuilt, entry: Entry) -> Rebuilt:
    data = entry.data
    built = replace(built, seq=entry.seq)
    if entry.kind == "status_changed":
        if built.status != data["from"]:
            raise BrokenHistory(f"entry {entry.seq} leaves {data['from']}, but the order was in {int(built.status)}")
        built = replace(built, status=Status(data["to"]), since=entry.at)
    if "totals" in data:
        built = replace(built, totals=_totals(data["totals"]))
    if "lines" in data and "charges" in data:
        built = replace(built, summed=_summed(data), lines=data["lines"], charges=data["charges"])
    if "payment_state" in data:
        built = replace(built, payment_state=PaymentState(data["payment_state"]))
    if "approve_status" in data:
        built = replace(built, approve_status=data["approve_status"])
    return built


def _totals(data: Json) -> Totals:
    return Totals(**{name: Decimal(amount) for name, amount in data.items()})


def _summed(data: Json) -> Totals:
    lines: list[dict[str, Any]] = data["lines"]
    charges: list[dict[str, Any]] = data["charges"]
    return order_totals(
        [_Line(Decimal(line["subtotal"]), Decimal(line["discount"]), Decimal(line["tax"])) for line in lines],
        [_Charge(ChargeKind(part["kind"]), Decimal(part["amount"]), Decimal(part["tax"])) for part in charges],
    )
