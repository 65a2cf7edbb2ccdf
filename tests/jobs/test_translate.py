"""Between the contract's values and the domain's: nothing is lost, nothing is invented."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

import omnisales_sdk as sdk
from domain.flows.ship import AwbCall, AwbParcel, AwbStep
from domain.intake.types import IncomingOrder
from domain.kernel.ids import new_id
from domain.kernel.money import Money
from domain.kernel.refusals import Problem
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus
from jobs import translate

AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
ADDRESS = sdk.ExternalAddress(
    name="Ana", company="Firma SRL", street="Str. 1", city="Cluj", county="CJ", postcode="400001", country="RO",
    phone="0722", email="a@b.ro",
)  # fmt: skip
FULL = sdk.ExternalOrder(
    external_id="17",
    number="1017",
    status="processing",
    currency="RON",
    placed_at=AT,
    total=Decimal("121.00"),
    lines=(
        sdk.ExternalLine(
            external_id="1",
            name="Cană",
            quantity=Decimal(2),
            subtotal=Decimal(110),
            total=Decimal(100),
            tax=Decimal(21),
            variant="55",
            sku="CANA-300",
            tax_rate=Decimal(21),
            extra={"colour": "blue"},
        ),
    ),
    version="2026-11-20T08:30:00",
    customer=sdk.ExternalCustomer(
        external_id="9", name="Ana", email="a@b.ro", phone="0722", company="Firma SRL", tax_id="RO1"
    ),
    billing=ADDRESS,
    shipping=ADDRESS,
    charges=(sdk.ExternalCharge(kind="shipping", title="Curier", amount=Decimal(15), tax=Decimal(3), code="flat"),),
    discounts=(sdk.ExternalDiscount(code="VARA", amount=Decimal(10)),),
    payments=(sdk.ExternalPayment(external_id="p1", amount=Decimal(121), method="card", at=AT),),
    refunds=(sdk.ExternalRefund(external_id="r1", amount=Decimal(5), reason="crack"),),
    payment_method="card",
    payment_title="Card",
    note="ring twice",
    delivery_point="L-1",
    test=True,
    extra={"ip": "1.2.3.4"},
)


def without_extra(value: Any) -> Any:
    """A value as nested dicts, so that two kinds of dataclass can be compared field by field."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: without_extra(getattr(value, f.name)) for f in fields(value) if f.name != "extra"}
    if isinstance(value, tuple):
        return [without_extra(part) for part in value]
    return value


def test_every_field_of_an_order_but_the_extras_arrives() -> None:
    incoming = translate.incoming_order(FULL)
    assert isinstance(incoming, IncomingOrder)
    assert without_extra(incoming) == without_extra(FULL)


def test_an_order_with_the_least_arrives_as_that() -> None:
    least = sdk.ExternalOrder(
        external_id="1", number="1", status="new", currency="RON", placed_at=AT, total=Decimal(0), lines=()
    )
    assert without_extra(translate.incoming_order(least)) == without_extra(least)


def test_the_vocabularys_statuses_are_named_as_ours() -> None:
    words = sdk.Vocabulary(
        statuses_in={status.value.lower(): status for status in sdk.OrderStatus},
        statuses_ignored={"draft": "a draft"},
        statuses_out={sdk.OrderStatus.SHIPPING: "processing"},
    )
    defaults = translate.defaults(words)
    assert {Status[name] for name in defaults.statuses_in.values()} == set(Status)
    assert defaults.statuses_ignored == {"draft": "a draft"}
    assert defaults.statuses_out == {"SHIPPING": "processing"}


def call(**more: Any) -> AwbCall:
    return AwbCall(
        **{
            "step": AwbStep.CREATE,
            "shipment_id": new_id(),
            "key": "K-1",
            "order_number": "100001",
            "service": "1",
            "recipient": {"name": "Ana", "company": "Firma SRL", "street": "Str. 1", "city": "Cluj", "phone": None},
            "customer_email": "a@b.ro",
            "parcels": (AwbParcel(number=1, length_cm=Decimal(3), width_cm=Decimal(2), height_cm=Decimal(1),
                                  weight_kg=Decimal("0.5")),),
            "cash_on_delivery": Money(Decimal("12.50"), "RON"),
            "contents": "Order 100001",
            **more,
        }
    )  # fmt: skip


def test_a_shipment_is_told_with_sizes_and_money() -> None:
    request = translate.shipment_request(call(note="fragile", delivery_point="L-1", typed_awb="4711"))
    assert (request.key, request.reference, request.service) == ("K-1", "100001", "1")
    assert request.parcels == (
        sdk.Parcel(
            number=1,
            length_cm=Decimal(3),
            width_cm=Decimal(2),
            height_cm=Decimal(1),
            weight_kg=Decimal("0.5"),
            contents="Order 100001",
        ),
    )
    assert request.cash_on_delivery == sdk.Money(amount=Decimal("12.50"), currency="RON")
    assert (request.note, request.delivery_point, request.awb) == ("fragile", "L-1", "4711")


@pytest.mark.parametrize(
    ("address", "name", "contact"),
    [
        ({"name": "Ana", "company": "Firma SRL"}, "Firma SRL", "Ana"),
        ({"name": "Ana", "company": ""}, "Ana", "Ana"),
        ({"company": "Firma SRL"}, "Firma SRL", "Firma SRL"),
        (None, "", ""),
    ],
)
def test_a_company_receives_under_its_name(address: dict[str, str] | None, name: str, contact: str) -> None:
    recipient = translate.shipment_request(call(recipient=address)).recipient
    assert (recipient.name, recipient.contact, recipient.phone) == (name, contact, "")
    assert recipient.email == "a@b.ro"


def test_a_shipment_without_cash_on_delivery_has_none() -> None:
    assert translate.shipment_request(call(cash_on_delivery=None)).cash_on_delivery is None


def test_a_reference_carries_what_the_courier_gave() -> None:
    shipment = Shipment(key="K", awb="A", refs={"courier": "1"})
    assert translate.shipment_ref(shipment) == sdk.ShipmentRef(key="K", awb="A", refs={"courier": "1"})


@pytest.mark.parametrize("status", [None, *sdk.ShipmentStatus])
def test_scans_keep_everything(status: sdk.ShipmentStatus | None) -> None:
    event = sdk.TrackingEvent(
        at=AT, code="7", text="x", status=status, location="Cluj", final=True, attention=True, known=False
    )
    [scan] = translate.scans([event])
    assert without_extra(scan) == without_extra(event) | {
        "status": None if status is None else ShipmentStatus[status.name]
    }


def test_a_couriers_reasons_become_problems_with_paths() -> None:
    theirs = [
        sdk.Problem(path="parcels.0.weight", code="min", message="too light"),
        sdk.Problem(path="", code="x", message="y"),
    ]
    assert translate.problems(theirs) == [
        Problem(("parcels", "0", "weight"), "min", "too light"),
        Problem((), "x", "y"),
    ]


def test_money() -> None:
    assert translate.our_money(None) is None
    assert translate.our_money(sdk.Money(amount=Decimal(5), currency="RON")) == Money(Decimal(5), "RON")


def test_what_no_database_keeps_is_replaced_in_a_couriers_words() -> None:
    """A refused text would stop the tracking of the account's other parcels, or a refusal from being told."""
    event = sdk.TrackingEvent(at=AT, code="7", text="la u\x00șă", status=None, location="Cluj\ud800")
    [scan] = translate.scans([event])
    assert (scan.text, scan.location) == ("la u\ufffdșă", "Cluj\ufffd")
    [problem] = translate.problems([sdk.Problem(path="", code="x", message="no\x00")])
    assert problem.message == "no\ufffd"
