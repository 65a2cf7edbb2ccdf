"""Offers of the account's couriers, cheapest first."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from omnisales_sdk import Money, Quote, Refused, ShipmentRequest, TryLater, hookimpl

from .body import shipment_body
from .checks import problems
from .client import call, demand_answer, parsed, refused
from .reading import Row, amount, objects, text, whole
from .refusals import refusal
from .services import Choice
from .settings import Ctx


@hookimpl
def quote(ctx: Ctx, request: ShipmentRequest) -> Sequence[Quote] | Refused:
    """One offer per courier, service and option. The body is that of the order, so that the price is the one booked."""
    wrong = problems(request, ctx.settings)
    if wrong:
        return Refused(problems=wrong)
    answer = call(ctx, "api", "POST", "/api/Price", json=shipment_body(request, ctx.settings, ctx.now()))
    demand_answer(answer)
    if refused(answer):
        return refusal(answer)
    body = parsed(answer)
    if not (isinstance(body, dict) and isinstance(body.get("rates") or [], list)):
        raise TryLater("Innoship's prices cannot be read")
    offers = (_offer(rate) for rate in objects(body, "rates"))
    wanted = ctx.settings.couriers
    unique = {
        offer.service: offer
        for offer in offers
        if offer is not None and (not wanted or offer.extra["courier_id"] in wanted)
    }
    return tuple(sorted(unique.values(), key=lambda offer: offer.price.amount))


def _offer(rate: Row) -> Quote | None:
    """None for a rate that could not be ordered: without courier, service or price."""
    courier, service, price = whole(rate, "carrierId"), whole(rate, "serviceId"), _with_vat(rate)
    if not courier or not service or price is None:
        return None
    option = text(rate, "optionId")
    names = (text(rate, "carrier"), text(rate, "service"), text(rate, "optionName"))
    return Quote(
        service=str(Choice(service, courier, option)),
        title=" · ".join(dict.fromkeys(name for name in names if name)) or f"Courier {courier}",
        price=Money(amount=price, currency=text(rate, "rateCurrency") or "RON"),
        delivery_on=_day(text(rate, "calculatedDeliveryDate")),
        extra={
            "courier_id": courier,
            "service_id": service,
            "option_id": option,
            "net": amount(rate, "rateAmount"),
            "vat": amount(rate, "rateVatAmount"),
            "score": amount(rate, "score"),
        },
    )


def _with_vat(rate: Row) -> Decimal | None:
    total, net, vat = (amount(rate, name) for name in ("rateTotalAmount", "rateAmount", "rateVatAmount"))
    if total is not None:
        return total
    return net + vat if net is not None and vat is not None else None


def _day(value: str | None) -> date | None:
    try:
        day = date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
    return day if day.year > 1 else None  # 0001-01-01 is how the far side writes "no date"
