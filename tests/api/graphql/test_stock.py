"""An operator corrects what was counted wrong; what orders hold stays (spec STK-1)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from domain.stock.models import MoveKind, StockMove
from tests.api.conftest import Api
from tests.support.builders import make_variant

pytestmark = pytest.mark.spec("STK-1")

CORRECT = """mutation ($input: StockCorrectInput!) { stockCorrect(input: $input) { __typename
    ... on StockReceived { lines { sku warehouse onHand reserved available } }
    ... on Invalid { problems { path code } } } }"""


async def correct(api: Api, **given: Any) -> Any:
    whole = {"sku": "MUG", "difference": "-2", "reason": "broken", **given}
    return (await api.data(CORRECT, {"input": whole}))["stockCorrect"]


async def corrections(api: Api) -> list[tuple[Decimal, str | None]]:
    async with api.database.begin() as session:
        moves = await session.scalars(select(StockMove).where(StockMove.kind == MoveKind.CORRECTION))
        return [(move.quantity, move.reason) for move in moves]


async def test_a_correction_changes_the_level_and_keeps_its_reason(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", stock=5)
    level = {"sku": "MUG", "warehouse": "main", "onHand": "3", "reserved": "0", "available": "3"}
    assert await correct(api) == {"__typename": "StockReceived", "lines": [level]}
    assert await corrections(api) == [(Decimal(-2), "broken")]


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"difference": "-6"}, ["difference"], "RESERVED"),
        ({"difference": "0"}, ["difference"], "OUT_OF_RANGE"),
        ({"sku": "CUP"}, ["sku"], "UNKNOWN_SKU"),
        ({"reason": " "}, ["reason"], "MISSING"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused(
    api: Api, given: dict[str, Any], path: list[str], code: str
) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", stock=5)
    assert await correct(api, **given) == {"__typename": "Invalid", "problems": [{"path": path, "code": code}]}
    assert await corrections(api) == []
