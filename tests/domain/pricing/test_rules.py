"""Which price wins: one rule at a time, then 10,000 cases against the guide taken literally."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kernel.ids import new_id
from domain.pricing.models import Level
from domain.pricing.rules import Candidate, Lost, PriceAnswer, PriceRequest, price_of, winner_of

from .reference import reference_price

pytestmark = pytest.mark.spec("PRC-1")

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
REQUEST = PriceRequest(quantity=Decimal(10), currency="RON", at=NOW)
STANDARD = Candidate(level=Level.STANDARD, unit_price=Decimal(100), currency="RON")


def price(level: Level, amount: str, **fields: Any) -> Candidate:
    list_id = fields.pop("list_id", None) or new_id()
    slug = fields.pop("slug", level.value.lower())
    given = {"currency": "RON", "list_id": list_id, "slug": slug, **fields}
    return Candidate(level=level, unit_price=Decimal(amount), **given)


def lost(answer: PriceAnswer) -> dict[str, Lost]:
    return {str(loser.candidate.unit_price): loser.lost for loser in answer.losers}


def test_the_levels_win_in_the_guides_order_whatever_they_cost() -> None:
    candidates = [
        STANDARD,
        price(Level.CHANNEL, "110"),
        price(Level.GROUP, "120", priority=-5),
        price(Level.CUSTOMER, "130", priority=-9),
    ]
    for expected in ("130", "120", "110", "100"):
        answer = price_of(REQUEST, candidates)
        assert answer.winner is not None
        assert answer.winner.unit_price == Decimal(expected)
        assert set(lost(answer).values()) <= {Lost.LOWER_LEVEL}
        candidates.remove(answer.winner)
    assert price_of(REQUEST, candidates) == PriceAnswer(None, [])


@pytest.mark.parametrize(
    ("fields", "why", "says"),
    [
        ({"active": False}, Lost.INACTIVE, "switched off"),
        ({"applies": False}, Lost.OTHER_AUDIENCE, "for others"),
        ({"valid_from": NOW + DAY}, Lost.NOT_YET_VALID, "begins on 2026-03-02 12:00 UTC"),
        ({"valid_until": NOW}, Lost.EXPIRED, "ended on 2026-03-01 12:00 UTC"),
        ({"currency": "EUR"}, Lost.OTHER_CURRENCY, "in EUR, and RON"),
        ({"min_quantity": Decimal("10.001")}, Lost.BELOW_QUANTITY, "from 10.001 on"),
    ],
)
def test_a_price_that_does_not_hold_says_why(fields: dict[str, Any], why: Lost, says: str) -> None:
    answer = price_of(REQUEST, [price(Level.CUSTOMER, "1", **fields), STANDARD])
    assert answer.winner == STANDARD
    [loser] = answer.losers
    assert loser.lost is why
    assert says in loser.reason


def test_a_list_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    edge = price(Level.CUSTOMER, "1", valid_from=NOW, valid_until=NOW + DAY)
    assert price_of(REQUEST, [edge]).winner == edge


def test_the_nearest_break_that_is_reached_wins_though_it_may_cost_more() -> None:
    one = new_id()
    breaks = [price(Level.GROUP, a, list_id=one, min_quantity=Decimal(q)) for a, q in (("9", 0), ("12", 10), ("5", 11))]
    answer = price_of(REQUEST, breaks)
    assert answer.winner == breaks[1]
    assert lost(answer) == {"9": Lost.BETTER_BREAK, "5": Lost.BELOW_QUANTITY}


def test_within_a_level_priority_then_the_lower_price_then_the_newer_list() -> None:
    older, newer = price(Level.GROUP, "7.00", slug="old"), price(Level.GROUP, "7", slug="new")
    dear, first = price(Level.GROUP, "8"), price(Level.GROUP, "20", priority=1)
    answer = price_of(REQUEST, [older, dear, newer, first])
    assert answer.winner == first
    assert set(lost(answer).values()) == {Lost.LOWER_PRIORITY}
    answer = price_of(REQUEST, [older, dear, newer])
    assert answer.winner == newer
    assert lost(answer) == {"7.00": Lost.OLDER_LIST, "8": Lost.HIGHER_PRICE}
    assert [loser.reason for loser in answer.losers] == [
        "The group's price in new is the same, and its list is newer.",
        "The group's price in new is lower.",
    ]


moments = st.sampled_from([None, NOW - DAY, NOW, NOW + DAY])


@st.composite
def price_lists(draw: st.DrawFn) -> list[Candidate]:
    """One list with some breaks: what one `PriceList` gives for one SKU."""
    common = {
        "level": draw(st.sampled_from([Level.CUSTOMER, Level.GROUP, Level.CHANNEL])),
        "list_id": UUID(int=draw(st.integers(1, 2**127))),
        "currency": draw(st.sampled_from(["RON", "RON", "EUR"])),
        "applies": draw(st.sampled_from([True, True, False])),
        "active": draw(st.sampled_from([True, True, False])),
        "priority": draw(st.integers(-1, 1)),
        "valid_from": draw(moments),
        "valid_until": draw(moments),
    }
    breaks = draw(st.sets(st.sampled_from([0, 1, 5, 10, 11]), max_size=3))
    return [
        Candidate(min_quantity=Decimal(at), unit_price=Decimal(draw(st.integers(1, 4))), **common)
        for at in sorted(breaks)
    ]


cases = st.tuples(
    st.builds(
        PriceRequest,
        quantity=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(10), Decimal(12)]),
        currency=st.sampled_from(["RON", "EUR"]),
        at=st.just(NOW),
    ),
    st.lists(price_lists(), max_size=5, unique_by=lambda prices: prices[0].list_id if prices else new_id()),
    st.sampled_from([[], [STANDARD]]),
)


@settings(max_examples=300, deadline=None)
@given(cases, st.randoms(use_true_random=False))
def test_any_prices_in_any_order_agree_with_the_guide(
    case: tuple[PriceRequest, list[list[Candidate]], list[Candidate]], shuffle: random.Random
) -> None:
    request, lists, standard = case
    check(request, [price for prices in lists for price in prices] + standard, shuffle)


def test_ten_thousand_cases_agree_with_the_guide() -> None:
    """The same law on many cases that cost little to make."""
    dice = random.Random(20260301)
    won = set()
    for _ in range(10_000):
        quantity = dice.choice([Decimal("0.5"), Decimal(1), Decimal(10), Decimal(12)])
        request = PriceRequest(quantity=quantity, currency=dice.choice(["RON", "RON", "EUR"]), at=NOW)
        candidates = [STANDARD] if dice.random() < 0.8 else []
        for _ in range(dice.randrange(6)):
            candidates += rolled(dice)
        answer = check(request, candidates, dice)
        won.add(answer.winner and answer.winner.level)
    assert won == {*Level, None}, "every outcome was met"


def rolled(dice: random.Random) -> list[Candidate]:
    common: dict[str, Any] = {
        "level": dice.choice([Level.CUSTOMER, Level.GROUP, Level.CHANNEL]),
        "list_id": UUID(int=dice.getrandbits(120) + 1),
        "currency": dice.choice(["RON", "RON", "EUR"]),
        "applies": dice.random() < 0.7,
        "active": dice.random() < 0.9,
        "priority": dice.randrange(2),
        "valid_from": dice.choice([None, None, NOW - DAY, NOW, NOW + DAY]),
        "valid_until": dice.choice([None, None, NOW - DAY, NOW, NOW + DAY]),
    }
    breaks = dice.sample([0, 1, 5, 10, 11], dice.randrange(1, 4))
    return [
        Candidate(min_quantity=Decimal(at), unit_price=Decimal(dice.randrange(1, 5)), **common) for at in sorted(breaks)
    ]


def check(request: PriceRequest, candidates: list[Candidate], shuffle: random.Random) -> PriceAnswer:
    answer = price_of(request, candidates)
    assert winner_of(request, candidates) == answer.winner
    expected = reference_price(request, candidates)
    assert (answer.winner and answer.winner.unit_price) == expected
    mixed = list(candidates)
    shuffle.shuffle(mixed)
    assert price_of(request, mixed) == answer, "the order in which prices come does not matter"
    told = [loser.candidate for loser in answer.losers] + ([answer.winner] if answer.winner else [])
    assert len(told) == len(candidates)
    assert set(told) == set(candidates), "every price won or says why not"
    return answer
