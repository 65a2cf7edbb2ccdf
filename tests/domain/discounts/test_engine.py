"""Which discounts an order gets: by hand, by law, and against a slow reference."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.discounts.engine import Outcome, apply_discounts
from domain.discounts.models import Formal
from domain.discounts.rules import BasketLine, Context, Rule, Why, voucher_key
from domain.discounts.spread import spread

from .cases import (
    CLIENTS,
    GROUPS,
    ITEM_GROUPS,
    ITEMS,
    NOW,
    SHOP,
    STORES,
    Case,
    amount,
    basket,
    buyer,
    random_case,
    rule,
)
from .reference import reference

cases = st.randoms(use_true_random=False).map(random_case)


def texts(outcome: Outcome) -> list[tuple[int, int, str]]:
    """(rule, line, saved) of each step."""
    return [(step.rule.id.int, step.position, str(step.saved)) for step in outcome.steps]


def of(lines: Sequence[BasketLine], *rules: Rule, context: Context | None = None) -> list[tuple[int, int, str]]:
    return texts(apply_discounts(lines, rules, context or buyer()))


@pytest.mark.spec("DSC-1")
def test_a_percentage_is_rounded_half_up_on_each_line() -> None:
    assert of(basket("100.00", "0.05", "33.33"), rule(1, "10")) == [(1, 0, "10.00"), (1, 1, "0.01"), (1, 2, "3.33")]


@pytest.mark.spec("DSC-1")
def test_an_amount_is_spread_over_the_lines_in_proportion_and_sums_to_the_ban() -> None:
    assert of(basket("10.00", "10.00", "10.00"), amount(1, "10.00")) == [
        (1, 0, "3.34"),
        (1, 1, "3.33"),
        (1, 2, "3.33"),
    ]
    assert of(basket("75.00", "25.00"), amount(1, "50.00")) == [(1, 0, "37.50"), (1, 1, "12.50")]


@pytest.mark.spec("DSC-2")
def test_an_amount_above_the_order_takes_the_order_and_no_more() -> None:
    assert of(basket("1.00", "2.00"), amount(1, "50.00")) == [(1, 0, "1.00"), (1, 1, "2.00")]


@pytest.mark.spec("DSC-2")
def test_percentages_come_before_amounts_and_add_up() -> None:
    outcome = apply_discounts(basket("100.00"), [amount(1, "50.00", priority=9), rule(2, "10"), rule(3, "15")], buyer())
    assert [(step.rule.id.int, str(step.before), str(step.saved)) for step in outcome.steps] == [
        (2, "100.00", "10.00"),
        (3, "90.00", "15.00"),
        (1, "75.00", "50.00"),
    ]


@pytest.mark.spec("DSC-2")
def test_a_line_that_is_free_already_costs_later_rules_their_effect() -> None:
    outcome = apply_discounts(basket("10.00"), [rule(1, "80"), rule(2, "60"), amount(3, "5.00")], buyer())
    assert texts(outcome) == [(1, 0, "8.00"), (2, 0, "2.00")]
    assert [(key.int, why) for key, why in outcome.barred.items()] == [(3, Why.SAVES_NOTHING)]


@pytest.mark.spec("DSC-2")
def test_a_rule_that_does_not_stack_applies_alone_where_that_saves_more() -> None:
    stacking = [rule(1, "10"), rule(2, "5")]
    better, worse = rule(3, "20", stacks=False), rule(4, "12", stacks=False)
    outcome = apply_discounts(basket("100.00"), [*stacking, worse, better], buyer())
    assert texts(outcome) == [(3, 0, "20.00")]
    assert {key.int: why for key, why in outcome.barred.items()} == dict.fromkeys((1, 2, 4), Why.OUTBID)
    assert of(basket("100.00"), *stacking, worse) == [(1, 0, "10.00"), (2, 0, "5.00")]


@pytest.mark.spec("DSC-2")
def test_at_a_tie_stacking_rules_win_then_priority_then_the_older_rule() -> None:
    alone = [rule(number, "10", stacks=False, priority=priority) for number, priority in ((1, 0), (2, 5), (3, 5))]
    assert of(basket("100.00"), *alone) == [(2, 0, "10.00")]
    assert of(basket("100.00"), *alone, rule(4, "10")) == [(4, 0, "10.00")]


@pytest.mark.spec("DSC-2")
def test_amounts_go_by_priority() -> None:
    """The one for a single line first leaves the other's whole amount to the other line."""
    narrow, wide = amount(1, "50.00", items=frozenset(ITEMS[:1]), priority=1), amount(2, "50.00")
    assert of(basket("50.00", "50.00"), wide, narrow) == [(1, 0, "50.00"), (2, 1, "50.00")]


FIT: dict[str, Any] = {
    "clients": frozenset(CLIENTS[:1]),
    "client_groups": frozenset(GROUPS[:1]),
    "items": frozenset(ITEMS[:1]),
    "item_groups": frozenset(ITEM_GROUPS[:1]),
    "channels": frozenset({"manual"}),
    "stores": frozenset({SHOP}),
}
UNFIT: dict[str, tuple[Any, Why]] = {
    "clients": (frozenset(CLIENTS[1:]), Why.OTHER_CLIENT),
    "client_groups": (frozenset(GROUPS[1:]), Why.OTHER_CLIENT),
    "items": (frozenset(ITEMS[1:]), Why.NO_ITEMS),
    "item_groups": (frozenset(ITEM_GROUPS[1:]), Why.NO_ITEMS),
    "channels": (frozenset({"portal"}), Why.WRONG_CHANNEL),
    "stores": (frozenset(STORES[1:]), Why.WRONG_CHANNEL),
}


@pytest.mark.spec("DSC-1")
@pytest.mark.parametrize("dimensions", range(64))
def test_every_mix_of_the_six_dimensions(dimensions: int) -> None:
    """A rule applies where all that it names fits; any one of them that does not fit bars it."""
    named = [name for place, name in enumerate(FIT) if dimensions >> place & 1]
    fitting = {name: FIT[name] for name in named}
    lines = basket("100.00", groups=frozenset({ITEM_GROUPS[0]}))
    context = buyer(customer_groups=frozenset(GROUPS[:1]))
    assert of(lines, rule(1, **fitting), context=context) == [(1, 0, "10.00")]
    for name in named:
        wrong, why = UNFIT[name]
        outcome = apply_discounts(lines, [rule(1, **{**fitting, name: wrong})], context)
        assert (outcome.steps, list(outcome.barred.values())) == ([], [why])


@pytest.mark.spec("DSC-1")
def test_only_the_lines_that_are_meant_are_discounted_and_a_subgroup_counts_as_its_group() -> None:
    lines = [
        BasketLine(position=0, net=Decimal(100), variant_id=ITEMS[0], groups=frozenset(ITEM_GROUPS[:2])),
        BasketLine(position=1, net=Decimal(100), variant_id=ITEMS[1], groups=frozenset(ITEM_GROUPS[1:2])),
        BasketLine(position=2, net=Decimal(100), variant_id=ITEMS[2]),
        BasketLine(position=3, net=Decimal(100)),
    ]
    above = frozenset(ITEM_GROUPS[1:2])
    assert of(lines, rule(1, item_groups=above)) == [(1, 0, "10.00"), (1, 1, "10.00")]
    assert of(lines, rule(1, item_groups=above, items=frozenset(ITEMS[1:]))) == [(1, 1, "10.00")]


@pytest.mark.spec("DSC-1")
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"active": False}, Why.INACTIVE),
        ({"starts_at": NOW + timedelta(seconds=1)}, Why.NOT_STARTED),
        ({"starts_at": NOW - timedelta(days=1), "ends_at": NOW}, Why.EXPIRED),
        ({"voucher": "VIP"}, Why.VOUCHER_MISSING),
        ({"currency": "EUR"}, Why.WRONG_CURRENCY),
        ({"minimum": Decimal("100.01")}, Why.BELOW_MINIMUM),
        ({"limit_total": 3, "used": 3}, Why.USED_UP),
        ({"limit_per_client": 1, "used_by_client": 1}, Why.USED_BY_CLIENT),
        ({"clients": frozenset()}, Why.OTHER_CLIENT),
    ],
)
def test_what_bars_a_rule_is_told(fields: dict[str, Any], why: Why) -> None:
    outcome = apply_discounts(basket("60.00", "40.00"), [rule(1, **fields)], buyer(vouchers=frozenset({"PROMO"})))
    assert (outcome.steps, list(outcome.barred.values())) == ([], [why])


@pytest.mark.spec("DSC-1")
@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": NOW, "ends_at": NOW + timedelta(microseconds=1)},
        {"voucher": "PROMO"},
        {"currency": "RON", "minimum": Decimal("100.00")},
        {"limit_total": 3, "used": 2, "limit_per_client": 2, "used_by_client": 1},
    ],
)
def test_what_is_just_enough_lets_a_rule_apply(fields: dict[str, Any]) -> None:
    """The minimum is that of the whole order before discounts, also for a rule of one line."""
    lines, context = basket("60.00", "40.00"), buyer(vouchers=frozenset({"PROMO"}))
    assert of(lines, rule(2, "90"), rule(1, items=frozenset(ITEMS[1:2]), **fields), context=context)[0] == (
        1,
        1,
        "4.00",
    )


def test_codes_of_vouchers_are_the_same_in_any_case() -> None:
    assert voucher_key("  promo2026 ") == voucher_key("PROMO2026") == "PROMO2026"


@pytest.mark.spec("DSC-2")
@given(cases)
def test_no_line_falls_below_zero_and_the_parts_are_the_whole(case: Case) -> None:
    outcome = apply_discounts(*case)
    nets = {line.position: line.net for line in case.lines}
    for position, saved in outcome.by_line.items():
        assert 0 < saved <= nets[position]
        assert saved == saved.quantize(Decimal("0.01"))
    assert outcome.saved == sum(outcome.by_line.values()) == sum(outcome.by_rule.values())
    left = dict(nets)
    for step in outcome.steps:
        assert step.before == left[step.position]
        left[step.position] -= step.saved
    assert min(left.values()) >= 0
    assert {one.id for one in case.rules} == set(outcome.by_rule) | set(outcome.barred)
    assert set(outcome.by_rule).isdisjoint(outcome.barred)


@pytest.mark.spec("DSC-2")
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_rules_and_lines_does_not_matter(case: Case, chance: Random) -> None:
    lines, rules = list(case.lines), list(case.rules)
    chance.shuffle(lines)
    chance.shuffle(rules)
    assert apply_discounts(lines, rules, case.context) == apply_discounts(*case)


@pytest.mark.spec("DSC-2")
@given(cases)
def test_an_exclusive_rule_is_never_combined(case: Case) -> None:
    applied = {step.rule.id: step.rule.stacks for step in apply_discounts(*case).steps}
    assert len(applied) == 1 or all(applied.values())


@pytest.mark.spec("DSC-2")
@given(cases)
def test_a_rule_that_is_barred_changes_nothing(case: Case) -> None:
    outcome = apply_discounts(*case)
    rest = [one for one in case.rules if one.id not in outcome.barred]
    assert texts(apply_discounts(case.lines, rest, case.context)) == texts(outcome)


bans = st.decimals(min_value=0, max_value=10**6, places=2)


@given(bans, st.lists(bans, max_size=6))
def test_an_amount_is_spread_exactly(whole: Decimal, weights: list[Decimal]) -> None:
    parts = spread(whole, weights)
    assert sum(parts) == min(whole, sum(weights))
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part <= weight
        exact = min(whole, sum(weights)) * weight / (sum(weights) or 1)
        assert abs(part - exact) < Decimal("0.010001")


@pytest.mark.spec("DSC-2")
def test_a_slow_reference_agrees_on_ten_thousand_orders() -> None:
    chance = Random(20261120)
    applied = {Formal.AMOUNT: 0, Formal.PERCENT: 0}
    alone = together = 0
    for number in range(10_000):
        case = random_case(chance)
        outcome = apply_discounts(*case)
        ours = {(step.rule.id.int, step.position): int(step.saved * 100) for step in outcome.steps}
        assert ours == reference(case), f"case {number}: {case}"
        rules = {step.rule.id: step.rule for step in outcome.steps}
        for one in rules.values():
            applied[one.formal] += 1
        alone += any(not one.stacks for one in rules.values())
        together += len(rules) > 1
    assert min(*applied.values(), alone, together) > 500, "the cases must try what they are for"
