"""The poll's cursor: where the reading of changed orders stands, as opaque text for the host.

Times are the store's own stamps (`date_modified_gmt`), never our clock; they compare as text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from json import dumps, loads
from typing import Any, Self

from omnisales_sdk import RawItem

from .keyset import Position, moved
from .values import fingerprint

MAX_KNOWN = 500
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """`floor`: nothing up to here is ever read. `mark`: all changes up to here were handed over. `top`: the newest
    stamp of the run under way, at `position` (None between runs).

    `known` maps the orders of the overlap to (stamp, fingerprint), so that what is read again and is unchanged is not
    handed over again. It is bounded; what falls out of it is a harmless repeat.
    """

    floor: str
    mark: str
    top: str
    position: Position | None = None
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def starting_at(cls, floor: str) -> Self:
        return cls(floor=floor, mark=floor, top=floor)

    @classmethod
    def from_text(cls, text: str) -> Self:
        values: dict[str, Any] = loads(text)
        place = values.pop("position")
        known = {number: (at, print_) for number, (at, print_) in values.pop("known").items()}
        if place is not None:
            place = Position(after=place["after"], seen=tuple(place["seen"]), page=place["page"])
        return cls(position=place, known=known, **values)

    def to_text(self) -> str:
        return dumps(asdict(self), separators=(",", ":"))

    def begun(self, overlap: timedelta) -> Position:
        """Where to read next: on in the run under way, or a new run from the overlap on."""
        if self.position is not None:
            return self.position
        return Position(after=max(self.floor, moved(self.mark, -max(overlap, _SECOND))))

    def is_known(self, item: RawItem) -> bool:
        return self.known.get(item.external_id, ("", ""))[1] == fingerprint(item)

    def read(self, items: Iterable[RawItem], *, top: str, position: Position) -> Self:
        """After a page that is not the last."""
        return replace(self, position=position, top=top, known=self._knowing(items))

    def finished(self, items: Iterable[RawItem], *, top: str, now: str | None, overlap: timedelta) -> Self:
        """After the last page of a run. `now`, the store's clock, holds back a stamp from the future: were the mark set
        to it, no change would be seen until that time has come."""
        mark = max(self.mark, min(top, now) if now else top)
        edge = moved(mark, -max(overlap, _SECOND))
        known = {number: (at, print_) for number, (at, print_) in self._knowing(items).items() if at > edge}
        return replace(self, position=None, mark=mark, top=mark, known=known)

    def _knowing(self, items: Iterable[RawItem]) -> dict[str, tuple[str, str]]:
        """The newest that are known, with these."""
        known = {**self.known, **{item.external_id: (item.version or "", fingerprint(item)) for item in items}}
        return dict(sorted(known.items(), key=lambda entry: entry[1][0])[-MAX_KNOWN:])
