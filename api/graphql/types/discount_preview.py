"""What discounts an order or a basket would get."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import strawberry

from api.graphql.fields import attribute, optional
from domain.discounts.rules import Rule
from domain.discounts.vouchers import sentence
from domain.flows.preview_discounts import Preview
from domain.kernel.money import ZERO, total_of

from .actions import OrderLineInput
from .ids import gid
from .money import Money, money, plain, unit_price
from .order import OrderVoucher, vouchers


@strawberry.input(
    description="An order, or what might be ordered: then channel and lines are needed. Nothing is written or used."
)
class DiscountPreviewInput:
    order: strawberry.ID | None = optional("An order that is there; its vouchers count along with those named here.")
    channel: str | None = optional("The channel's slug, for a basket.")
    lines: list[OrderLineInput] | None = optional("The basket, as orderCreate takes it; at most 1,000 lines.")
    customer: strawberry.ID | None = optional("Who would buy; null: somebody new.")
    currency: str | None = optional("ISO 4217; null: the channel's.")
    vouchers: list[str] | None = optional("Codes, in any case; at most 10.")
    at: datetime | None = optional(
        "When it would be placed; null: now. For a basket only. Vouchers are judged at now, or at a time to come."
    )


@strawberry.type(description="What a rule takes off a line, after those before it.")
class DiscountStep:
    rule_id: strawberry.ID = attribute("The rule.")
    rule_name: str = attribute("Its name.")
    before: Money = attribute("The line's amount before this rule.")
    saved: Money = attribute("What it takes off.")


@strawberry.type(description="A line and its discounts. Amounts are without tax.")
class DiscountPreviewLine:
    position: int = attribute("From 1.")
    sku: str | None = attribute("The product.")
    name: str = attribute("Its name.")
    quantity: Decimal = attribute("How many.")
    unit_price: Money = attribute("The price that it was looked at with.")
    subtotal: Money = attribute("Quantity x unit price.")
    discount: Money = attribute("All that is taken off.")
    after: Money = attribute("What is left.")
    steps: list[DiscountStep] = attribute("The rules, in the order in which they are applied.", size=2)


@strawberry.type(description="A rule that was looked at.")
class DiscountPreviewRule:
    rule_id: strawberry.ID = attribute("The rule.")
    name: str = attribute("Its name.")
    voucher: str | None = attribute("Its voucher.")
    saved: Money = attribute("What it takes off in all.")
    why_not: str | None = attribute("Why it takes nothing off: a code, such as BELOW_MINIMUM or OUTBID.")
    message: str | None = attribute("The same for people.")


@strawberry.type(description="What discounts come to. Amounts are without tax.")
class DiscountPreview:
    subtotal: Money = attribute("The lines before discounts.")
    saved: Money = attribute("All that is taken off.")
    after: Money = attribute("What is left.")
    lines: list[DiscountPreviewLine] = attribute("Each line, in order.", size=5)
    applied: list[DiscountPreviewRule] = attribute("The rules that take something off.", size=2)
    not_applied: list[DiscountPreviewRule] = attribute(
        "The rules in force, and those of the vouchers, that take nothing off; at most 2,000.", size=20
    )
    vouchers: list[OrderVoucher] = attribute("What becomes of the vouchers.", size=2)


def make_preview(preview: Preview) -> DiscountPreview:
    def amount(value: Decimal) -> Money:
        return money(value, preview.currency)

    by_line, by_rule = preview.outcome.by_line, preview.outcome.by_rule
    steps: defaultdict[int, list[DiscountStep]] = defaultdict(list)
    for step in preview.outcome.steps:
        rule_id, name = gid(step.rule.id), step.rule.name
        shown = DiscountStep(rule_id=rule_id, rule_name=name, before=amount(step.before), saved=amount(step.saved))
        steps[step.position].append(shown)
    rules = [_rule(rule, preview) for rule in preview.rules]
    subtotal = total_of(line.subtotal for line in preview.lines)
    return DiscountPreview(
        subtotal=amount(subtotal),
        saved=amount(preview.outcome.saved),
        after=amount(subtotal - preview.outcome.saved),
        lines=[
            DiscountPreviewLine(
                position=place + 1,
                sku=line.sku,
                name=line.name,
                quantity=plain(line.quantity),
                unit_price=unit_price(line.unit_price, preview.currency),
                subtotal=amount(line.subtotal),
                discount=amount(by_line.get(place, ZERO)),
                after=amount(line.subtotal - by_line.get(place, ZERO)),
                steps=steps[place],
            )
            for place, line in enumerate(preview.lines)
        ],
        applied=[one for rule, one in zip(preview.rules, rules, strict=True) if rule.id in by_rule],
        not_applied=[one for rule, one in zip(preview.rules, rules, strict=True) if rule.id not in by_rule],
        vouchers=vouchers(list(preview.vouchers)),
    )


def _rule(rule: Rule, preview: Preview) -> DiscountPreviewRule:
    why = preview.outcome.barred.get(rule.id)
    return DiscountPreviewRule(
        rule_id=gid(rule.id),
        name=rule.name,
        voucher=preview.shown[rule.id],
        saved=money(preview.outcome.by_rule.get(rule.id, ZERO), preview.currency),
        why_not=None if why is None else why.value,
        message=None if why is None else sentence(why, rule),
    )
