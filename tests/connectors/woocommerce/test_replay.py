"""The recorded session, played against the sandbox: 153 exchanges, same status, same shape."""

from dataclasses import dataclass

import pytest

from .recordings import exchanges
from .replay import GROUPS, NOT_COVERED, REQUIRED, Player, compared, differences


@dataclass(frozen=True)
class Line:
    """What became of one exchange."""

    number: int
    name: str
    group: str
    not_covered: str | None
    differences: list[str]

    def __str__(self) -> str:
        verdict = self.not_covered and f"not covered: {self.not_covered}"
        verdict = verdict or "; ".join(self.differences) or "covered"
        return f"{self.number:03} {self.group:<9} {self.name:<58} {verdict}"


@pytest.fixture(scope="module")
async def report() -> list[Line]:
    player = Player()
    group_of = {number: group for group, numbers in GROUPS.items() for number in numbers}
    lines = []
    for each in exchanges():
        reason = NOT_COVERED.get(each.number)
        found = [] if reason else compared(each, await player.play(each))
        lines.append(Line(each.number, each.name, group_of[each.number], reason, found))
    return lines


@pytest.mark.spec("PLG-4")
def test_every_covered_exchange_is_answered_with_the_recorded_status_and_shape(report: list[Line]) -> None:
    print("\n" + "\n".join(map(str, report)))  # noqa: T201 - the report that is asked for
    assert [str(line) for line in report if line.differences] == []


def test_all_exchanges_of_orders_refunds_webhooks_paging_and_errors_are_covered(report: list[Line]) -> None:
    assert [str(line) for line in report if line.not_covered and line.group in REQUIRED] == []
    assert len(report) == 153
    assert sum(1 for line in report if not line.not_covered) == 153 - len(NOT_COVERED)


def test_each_exchange_is_in_one_group() -> None:
    assert sorted(number for numbers in GROUPS.values() for number in numbers) == list(range(1, 154))


@pytest.mark.parametrize(
    ("recorded", "answered", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": "1"}, [".a: number recorded, str answered"]),
        ({"a": 1}, {}, [".a: missing"]),
        ({}, {"a": 1}, [".a: added"]),
        ([1], [1, 2], [": 1 recorded, 2 answered"]),
        ({"total": "1.00"}, {"total": "1.01"}, [".total: '1.00' recorded, '1.01' answered"]),
        ({"date_created": "x"}, {"date_created": "y"}, []),
        ({"date_created": "x"}, {"date_created": None}, [".date_created: str recorded, NoneType answered"]),
        ({"data": 500}, {"data": {"status": 500}}, [".data: number recorded, dict answered"]),
        ({"ok": True}, {"ok": 1}, [".ok: bool recorded, number answered"]),
    ],
)
def test_the_comparison_sees_every_kind_of_difference(recorded: object, answered: object, expected: list[str]) -> None:
    assert differences(recorded, answered) == expected
