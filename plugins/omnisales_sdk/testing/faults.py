"""The faults of a sandbox: what can go wrong between a connector and its far side, as values to switch on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Literal

from pydantic import ConfigDict

Kind = Literal["slow", "status", "error_after_act", "lost_answer", "drop"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that goes wrong.

    - `slow`: the answer comes `seconds` later (the wait is before the act);
    - `status`: `status`, `headers` and `body` are answered and nothing is done there; a `body` that is not a text is
      sent as JSON;
    - `error_after_act`: it is done there, then `status` is answered (500 unless said);
    - `lost_answer`: it is done there, then the connection is closed without an answer;
    - `drop`: the connection is closed without an answer, and nothing is done there.

    `match` is a prefix of "METHOD /path" (empty: every request). The fault befalls `times` requests (None: for ever);
    `ValueError` when that is less than one.
    """

    kind: Kind
    match: str = ""
    times: int | None = 1
    seconds: float = 1.0
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    __pydantic_config__ = ConfigDict(extra="forbid")

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError(f"times is {self.times}: a fault befalls at least one request, or None for ever")


class Faults:
    """The faults that are switched on, oldest first. Thread-safe: tests add to it while the sandbox runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def pending(self) -> tuple[Fault, ...]:
        """What is still switched on, with the times that are left."""
        with self._lock:
            return tuple(self._faults)

    def take(self, method: str, path: str) -> Fault | None:
        """The oldest fault that befalls this request, used up by one; a request meets at most one."""
        request = f"{method} {path}"
        with self._lock:
            for place, fault in enumerate(self._faults):
                if request.startswith(fault.match):
                    if fault.times is not None:
                        left = fault.times - 1
                        self._faults[place : place + 1] = [replace(fault, times=left)] if left else []
                    return fault
        return None
