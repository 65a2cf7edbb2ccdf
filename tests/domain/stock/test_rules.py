"""Demand and shortages."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stock.errors import MissingStock
from domain.stock.rules import Demand, allot, quantity_problem, shortages, total_demand

A, B = UUID(int=1), UUID(int=2)


@pytest.mark.spec("STK-2")
def test_demand_is_summed_per_variant_in_the_order_of_variants() -> None:
    demands = [Demand(B, "B", Decimal(1)), Demand(A, "A", Decimal(2)), Demand(B, "B", Decimal("0.5"))]
    assert total_demand(demands) == [Demand(A, "A", Decimal(2)), Demand(B, "B", Decimal("1.5"))]
    assert total_demand([Demand(A, "A", Decimal(0)), Demand(B, "B", Decimal(-1))]) == []


@pytest.mark.spec("STK-3")
def test_shortages_name_what_is_wanted_and_what_is_free() -> None:
    demands = [Demand(A, "A", Decimal(2)), Demand(B, "B", Decimal(3))]
    assert shortages(demands, {A: Decimal(2)}) == [MissingStock("B", Decimal(3), Decimal(0))]
    assert shortages(demands, {A: Decimal("1.999"), B: Decimal(3)}) == [MissingStock("A", Decimal(2), Decimal("1.999"))]
    assert shortages(demands, {A: Decimal(2), B: Decimal(9)}) == []


@pytest.mark.parametrize("bad", ["0", "-1", "0.0001", "1e11", "NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_no_quantity_of_goods(bad: str) -> None:
    assert quantity_problem(Decimal(bad))


@pytest.mark.parametrize("good", ["0.001", "1", "1.500", "99999999999.999", "1E+3"])
def test_what_is_a_quantity_of_goods(good: str) -> None:
    assert quantity_problem(Decimal(good)) is None


QUANTITIES = st.decimals(min_value=Decimal("0.001"), max_value=100, places=3)


@pytest.mark.spec("STK-5")
@given(
    wishes=st.lists(st.tuples(st.sampled_from([A, B]), QUANTITIES), max_size=8),
    free=st.dictionaries(st.sampled_from([A, B]), st.decimals(min_value=0, max_value=100, places=3)),
)
def test_what_there_is_is_given_to_the_first_and_never_twice(
    wishes: list[tuple[UUID, Decimal]], free: dict[UUID, Decimal]
) -> None:
    wanted = [(place, variant, quantity) for place, (variant, quantity) in enumerate(wishes)]
    got = allot(wanted, free)
    for variant in (A, B):
        mine = [(place, quantity) for place, its, quantity in wanted if its == variant]
        given_out = sum(got.get(place, Decimal(0)) for place, _ in mine)
        assert given_out == min(sum(quantity for _, quantity in mine), free.get(variant, Decimal(0)))
        short = False
        for place, quantity in mine:
            assert not (short and place in got), "a later one got something though an earlier one lacks"
            short = short or got.get(place, Decimal(0)) < quantity
    assert all(part > 0 for part in got.values())
