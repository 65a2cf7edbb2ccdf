"""What is written of the discounts of an order: its lines, what each rule saved, the uses and the log (spec DSC-3)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from domain.discounts.engine import Outcome
from domain.discounts.models import DiscountLog, DiscountUse
from domain.kernel.database import Base, Json
from domain.kernel.ids import new_id
from domain.orders.totals import line_amounts

from .discount_sale import Discounted, Sale, SoldLine
from .place import NewDiscount, NewLine


def discounted_lines(lines: Sequence[NewLine], outcome: Outcome) -> list[NewLine]:
    """New lines with their discounts, and the tax that follows."""
    by_line = outcome.by_line
    return [_less(line, by_line[place]) if place in by_line else line for place, line in enumerate(lines)]


def _less(line: NewLine, discount: Decimal) -> NewLine:
    amounts = line_amounts(line.quantity, line.unit_price, tax_rate=line.tax_rate, discount=discount)
    return replace(line, discount=amounts.discount, tax=amounts.tax, total=amounts.total)


def named_discounts(discounted: Discounted) -> list[NewDiscount]:
    """What each rule saves in all, as the order shows it."""
    rules = {step.rule.id: step.rule for step in discounted.outcome.steps}
    return [
        NewDiscount(
            code=discounted.shown[key] or rules[key].name, amount=saved, rule_id=key, voucher=discounted.shown[key]
        )
        for key, saved in discounted.outcome.by_rule.items()
    ]


def discount_data(discounted: Discounted) -> Json:
    """What history says of the discounts and vouchers of an order."""
    steps = discounted.outcome.steps
    saved = discounted.outcome.by_rule
    if not saved and not discounted.vouchers:
        return {}
    names = {step.rule.id: step.rule.name for step in steps}
    return {
        "discounts": [
            {"rule": str(key), "name": names[key], "voucher": discounted.shown[key], "saved": str(amount)}
            for key, amount in saved.items()
        ],
        "vouchers": discounted.vouchers,
    }


def use_rows(
    sale: Sale, discounted: Discounted, lines: Sequence[SoldLine]
) -> Mapping[type[Base], list[dict[str, Any]]]:
    """The rows of uses and of the log that belong to the order, as they are to be written."""
    steps = discounted.outcome.steps
    log = [
        {
            "id": new_id(),
            "at": sale.at,
            "order_id": sale.order_id,
            "rule_id": step.rule.id,
            "rule_name": step.rule.name,
            "voucher": discounted.shown[step.rule.id],
            "customer_id": sale.customer_id,
            "channel_id": sale.channel_id,
            "variant_id": lines[step.position].variant_id,
            "sku": lines[step.position].sku,
            "quantity": lines[step.position].quantity,
            "original": step.before,
            "after": step.before - step.saved,
            "saved": step.saved,
            "currency": sale.currency,
            "test": sale.test,
        }
        for step in steps
    ]
    uses = [
        {"rule_id": key, "order_id": sale.order_id, "customer_id": sale.customer_id, "at": sale.at}
        for key in dict.fromkeys(step.rule.id for step in steps)
    ]
    return {DiscountLog: log, DiscountUse: [] if sale.test else uses}
