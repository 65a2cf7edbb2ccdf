"""Offers: what they cost, and that the price quoted is the price booked."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors import innoship
from connectors.innoship.settings import Ctx
from omnisales_sdk import Money, Quote, Refused, TryLater

from .support import Sandbox, context, recipient, request


def offers(ctx: Ctx, **change: Any) -> list[Quote]:
    answer = innoship.quote(ctx, request(**change))
    assert not isinstance(answer, Refused), answer
    return list(answer)


def answering(body: Any) -> Ctx:
    return context(transport=httpx.MockTransport(lambda _: httpx.Response(201, json=body)))


def rate(**changes: Any) -> dict[str, Any]:
    """The documented fields of a rate; the price parts are those of the recorded order."""
    return {
        "carrierId": 1,
        "carrier": "Cargus",
        "rateAmount": 13.36,
        "rateVatAmount": 2.54,
        "rateTotalAmount": 15.9,
        "rateCurrency": "RON",
        "score": 4.5,
        "calculatedDeliveryDate": "2019-10-03T00:00:00Z",
        "serviceId": 1,
        "service": "Standard",
        **changes,
    }


@pytest.mark.spec("FUL-3")
def test_offers_come_cheapest_first_with_vat_and_a_key_of_three_parts(ctx: Ctx) -> None:
    assert [(offer.service, offer.title, offer.price.amount) for offer in offers(ctx)] == [
        ("1:1", "Cargus · Standard", Decimal("18.16")),
        ("6:1", "Sameday · Standard", Decimal("18.63")),
        ("3:1", "FAN Courier · Standard", Decimal("18.82")),
        ("3:1:FAN-EXPRESS", "FAN Courier · Standard · Express", Decimal("27.59")),
    ]


def test_an_offer_carries_what_the_account_is_told() -> None:
    assert offers(answering({"rates": [rate()], "correlationId": None})) == [
        Quote(
            service="1:1",
            title="Cargus · Standard",
            price=Money(amount=Decimal("15.9"), currency="RON"),
            delivery_on=date(2019, 10, 3),
            extra={
                "courier_id": 1,
                "service_id": 1,
                "option_id": None,
                "net": Decimal("13.36"),
                "vat": Decimal("2.54"),
                "score": Decimal("4.5"),
            },
        )
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"carrierId": None},
        {"serviceId": 0},
        {"rateTotalAmount": None, "rateVatAmount": None},
        {"rateTotalAmount": None, "rateAmount": None},
    ],
)
def test_a_rate_that_cannot_be_ordered_is_no_offer(change: dict[str, Any]) -> None:
    assert offers(answering({"rates": [rate(**change)]})) == []


def test_a_rate_without_total_is_net_and_vat() -> None:
    (offer,) = offers(answering({"rates": [rate(rateTotalAmount=None)]}))
    assert offer.price.amount == Decimal("15.90")


@pytest.mark.parametrize("day", [None, "", "soon", "0001-01-01T00:00:00Z"])
def test_no_delivery_day_is_none(day: str | None) -> None:
    (offer,) = offers(answering({"rates": [rate(calculatedDeliveryDate=day)]}))
    assert offer.delivery_on is None


@pytest.mark.parametrize("body", [{"rates": None}, {"rates": []}, {}])
def test_no_rates_are_no_offers(body: dict[str, Any]) -> None:
    assert offers(answering(body)) == []


@pytest.mark.parametrize("body", [[], "text", {"rates": "none"}])
def test_rates_that_cannot_be_read_are_tried_later(body: Any) -> None:
    with pytest.raises(TryLater):
        innoship.quote(answering(body), request())


def test_a_shipment_that_cannot_be_made_is_not_quoted(sandbox: Sandbox, ctx: Ctx) -> None:
    answer = innoship.quote(ctx, request(recipient=recipient(phone="")))

    assert isinstance(answer, Refused)
    assert [problem.path for problem in answer.problems] == ["recipient.phone"]
    assert sandbox.state()["calls"] == {}


def test_innoships_refusal_of_a_price_is_told_by_field(sandbox: Sandbox) -> None:
    answer = innoship.quote(context(sandbox.url, external_client_location="WH-9"), request())

    assert isinstance(answer, Refused)
    assert [problem.path for problem in answer.problems] == ["settings.external_client_location"]


def test_a_named_courier_is_the_only_one_asked(ctx: Ctx) -> None:
    assert [offer.service for offer in offers(ctx, service="6:6")] == ["6:6"]


def test_quoting_makes_nothing(sandbox: Sandbox, ctx: Ctx) -> None:
    offers(ctx)
    assert sandbox.state()["orders"] == []
