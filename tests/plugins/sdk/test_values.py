"""The checks of values: stricter than Python where a slip would cost money or time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from omnisales_sdk.checks import HOOKS, check_for


class Word(StrEnum):
    A = "a"


@dataclass(frozen=True)
class Inner:
    amount: Decimal
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Outer:
    inner: Inner | None
    extra: Mapping[str, Any] = field(default_factory=dict)


RIGHT = [
    (int, 3),
    (float, 3),
    (float, 0.5),
    (str, ""),
    (str, Word.A),
    (bytes, b""),
    (bool, True),
    (Decimal, Decimal("-1.50")),
    (datetime, datetime(2026, 5, 1, tzinfo=UTC)),
    (date, date(2026, 5, 1)),
    (Literal["a", "b"], "b"),
    (str | None, None),
    (tuple[int, int], (1, 0)),
    (tuple[str, ...], ()),
    (Sequence[str], ["a"]),
    (frozenset[Word], {Word.A}),
    (Mapping[str, int], {"a": 1}),
    (type[BaseModel], BaseModel),
    (Any, object()),
    (Outer, Outer(inner=Inner(Decimal(1), (Word.A,)), extra={"anything": [1]})),
]

WRONG = [
    (int, True, "is bool, must be a number"),
    (int, 1.0, "is float, must be int"),
    (float, True, "is bool, must be a number"),
    (str, b"", "is bytes, must be str"),
    (bool, 1, "is int, must be bool"),
    (Decimal, 1, "is int, must be Decimal"),
    (Decimal, Decimal("Infinity"), "is Infinity, must be a finite amount"),
    (datetime, datetime(2026, 5, 1), "is 2026-05-01T00:00:00, must be aware and UTC"),  # noqa: DTZ001
    (
        datetime,
        datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=3))),
        "is 2026-05-01T00:00:00+03:00, must be aware and UTC",
    ),
    (date, datetime(2026, 5, 1, tzinfo=UTC), "is datetime, must be a date"),
    (Word, "a", "is str, must be Word"),
    (Literal["a", "b"], "c", "is 'c', must be one of 'a', 'b'"),
    (str | None, 3, "is int, must be str or None"),
    (tuple[int, int], (1,), "is tuple, must be tuple of 2"),
    (tuple[int, int], (1, "0"), "1: is str, must be int"),
    (tuple[str, ...], ["a"], "is list, must be tuple of str"),
    (Sequence[str], "text", "is str, must be Sequence of str"),
    (Sequence[str], ["a", 1], "1: is int, must be str"),
    (Mapping[str, int], {"a": "1"}, "a: is str, must be int"),
    (Mapping[str, int], {1: 1}, "1: is int, must be str"),
    (Mapping[str, int], [], "is list, must be a mapping"),
    (type[BaseModel], dict, "is <class 'dict'>, must be a subclass of BaseModel"),
    (Inner, {"amount": Decimal(1)}, "is dict, must be Inner"),
    (Outer, Outer(inner=Inner(1.5)), "inner.amount: is float, must be Decimal"),  # type: ignore[arg-type]
    (
        Outer,
        Outer(inner=Inner(Decimal(1), (Word.A, "b"))),  # type: ignore[arg-type]
        "inner.words.1: is str, must be Word",
    ),
]


@pytest.mark.parametrize(("annotation", "value"), RIGHT)
def test_right_values_pass(annotation: Any, value: Any) -> None:
    assert check_for(annotation)(value) is None


@pytest.mark.parametrize(("annotation", "value", "message"), WRONG)
def test_wrong_values_are_named_by_their_place(annotation: Any, value: Any, message: str) -> None:
    misfit = check_for(annotation)(value)

    assert misfit is not None
    assert str(misfit) == message


def test_every_answer_of_the_contract_can_be_checked() -> None:
    for hook in HOOKS.values():
        assert check_for(hook.answer)(object()) is not None


def test_a_type_that_no_value_has_is_refused() -> None:
    with pytest.raises(TypeError, match="no values of type"):
        check_for(list[int])
