"""Offers of the account's couriers, cheapest first."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from omnisales_sdk import Money, Quote, Refused, ShipmentRequest, TryLater, hookimpl

from .body import shipment_body
from .checks import problems
from .client import call, demand_answer, parsed, refused
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
    offers = (_offer(rate) for rate in body.get("rates") or ())
    wanted = ctx.settings.couriers
    unique = {
        offer.service: offer
        for offer in offers
        if offer is not None and (not wanted or offer.extra["courier_id"] in wanted)
    }
    return tuple(sorted(unique.values(), key=lambda offer: offer.price.amount))


def _offer(rate: dict[str, Any]) -> Quote | None:
    """None for a rate that could not be ordered: without courier, service or price."""
    courier, service, price = rate.get("carrierId"), rate.get("serviceId"), _with_vat(rate)
    if not courier or not service or price is None:
        return None
    names = (rate.get("carrier"), rate.get("service"), rate.get("optionName"))
    return Quote(
        service=str(Choice(int(service), int(courier), rate.get("optionId") or None)),
        title=" · ".join(dict.fromkeys(name for name in names if name)) or f"Courier {courier}",
        price=Money(amount=price, currency=rate.get("rateCurrency") or "RON"),
        delivery_on=_day(rate.get("calculatedDeliveryDate")),
        extra={
            "courier_id": int(courier),
            "service_id": int(service),
            "option_id": rate.get("optionId"),
            "net": rate.get("rateAmount"),
            "vat": rate.get("rateVatAmount"),
            "score": rate.get("score"),
        },
    )


def _with_vat(rate: dict[str, Any]) -> Decimal | None:
    total, net, vat = rate.get("rateTotalAmount"), rate.get("rateAmount"), rate.get("rateVatAmount")
    if total is not None:
        return Decimal(str(total))
    return Decimal(str(net)) + Decimal(str(vat)) if net is not None and vat is not None else None


def _day(value: str | None) -> date | None:
    try:
        day = date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
    return day if day.year > 1 else None  # 0001-01-01 is how the far side writes "no date"
