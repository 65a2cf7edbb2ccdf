"""An AWB that is made, and every way in which none is."""

from decimal import Decimal
from typing import Any

import pytest

from connectors import innoship
from connectors.innoship.body import shipment_body
from connectors.innoship.checks import problems
from connectors.innoship.settings import Ctx
from omnisales_sdk import Created, Money, Refused, ShipmentRequest

from .support import NOW, Sandbox, context, parcel, recipient, request


def made(answer: Created | Refused) -> Created:
    assert isinstance(answer, Created), answer
    return answer


def paths(answer: Created | Refused) -> list[tuple[str, str]]:
    assert isinstance(answer, Refused), answer
    return [(problem.path, problem.code) for problem in answer.problems]


@pytest.mark.spec("FUL-3")
def test_an_awb_is_made_with_its_references_price_and_tracking_page(sandbox: Sandbox, ctx: Ctx) -> None:
    created = made(innoship.create_awb(ctx, request(service="3:1")))

    (order,) = sandbox.state()["orders"]
    assert created == Created(
        awb=order["awb"],
        refs={"courier_id": "3", "order_id": str(order["order_id"])},
        tracking_url=f"https://track.example/{order['awb']}",
        price=Money(amount=Decimal("18.82"), currency="RON"),
    )


def test_innoship_chooses_the_courier_when_none_is_named(ctx: Ctx) -> None:
    assert made(innoship.create_awb(ctx, request(service="1"))).refs["courier_id"] == "1"


def test_what_is_sent_is_the_shipment_in_innoships_words(sandbox: Sandbox, ctx: Ctx) -> None:
    innoship.create_awb(
        ctx,
        request(
            parcels=(parcel(1, "30x20x10.5", "1.5"), parcel(2, "40x40x40", "12", contents="Shoes")),
            cash_on_delivery=Money(amount=Decimal("249.90"), currency="RON"),
            insured_value=Money(amount=Decimal(200), currency="RON"),
            note="Call one hour before",
        ),
    )

    (order,) = sandbox.state()["orders"]
    assert order["body"] == {
        "parameters": {"async": False, "getParcelsBarcodes": False, "includePriceBreakdown": False},
        "serviceId": 1,
        "courierId": None,
        "shipmentDate": "2026-03-02T12:00:00Z",
        "addressTo": {
            "name": "Ion Pop",
            "contactPerson": "Ion Pop",
            "phone": "+40700000000",
            "email": "ion@example.com",
            "country": "RO",
            "countyName": "București",
            "localityName": "București",
            "addressText": "Str. Lungă 10",
            "postalCode": "010101",
        },
        "payment": "Sender",
        "content": {
            "envelopeCount": 0,
            "parcelsCount": 2,
            "palettesCount": 0,
            "totalWeight": 13.5,
            "contents": "T-shirt, Shoes",
            "package": "box",
            "oversizedPackage": False,
            "parcels": [
                {
                    "sequenceNo": 1,
                    "size": {"width": 20, "height": 10.5, "length": 30},
                    "weight": 1.5,
                    "type": "Parcel",
                    "reference1": "1001.1",
                },
                {
                    "sequenceNo": 2,
                    "size": {"width": 40, "height": 40, "length": 40},
                    "weight": 12,
                    "type": "Parcel",
                    "reference1": "1001.2",
                },
            ],
        },
        "extra": {
            "openPackage": False,
            "saturdayDelivery": False,
            "returnOfDocuments": False,
            "reference1": "1001",
            "bankRepaymentAmount": 249.9,
            "bankRepaymentCurrency": "RON",
            "insuranceAmount": 200,
            "insuranceAmountCurrency": "RON",
        },
        "externalClientLocation": "WH-1",
        "externalOrderId": "OMS-1",
        "sourceChannel": "OmniSales",
        "clientSettings": {"clientPreferences": {"preferredLabel": "A6"}},
        "observation": "Call one hour before",
    }


def test_cash_on_delivery_in_cash_goes_into_its_own_fields(sandbox: Sandbox) -> None:
    ctx = context(sandbox.url, cod_mode="cash", insured_as="declared_value")
    money = Money(amount=Decimal("10.50"), currency="RON")
    innoship.create_awb(ctx, request(cash_on_delivery=money, insured_value=money))

    extra = sandbox.state()["orders"][0]["body"]["extra"]
    assert {name: value for name, value in extra.items() if "mount" in name} == {
        "cashOnDeliveryAmount": 10.5,
        "cashOnDeliveryAmountCurrency": "RON",
        "declaredValueAmount": 10.5,
        "declaredValueAmountCurrency": "RON",
    }


def test_pallets_are_counted_and_typed_as_pallets(sandbox: Sandbox, ctx: Ctx) -> None:
    innoship.create_awb(ctx, request(service="27:12", parcels=(parcel(1, "120x80x150", "300"),)))

    content = sandbox.state()["orders"][0]["body"]["content"]
    assert (content["parcelsCount"], content["palettesCount"]) == (0, 1)
    assert [piece["type"] for piece in content["parcels"]] == ["Pallet"]


def test_each_warehouse_has_its_location(sandbox: Sandbox) -> None:
    ctx = context(sandbox.url, external_client_location="elsewhere", locations={"cluj": "WH-1"})
    made(innoship.create_awb(ctx, request(warehouse="cluj")))

    assert problems(request(warehouse=None), ctx.settings) == ()
    assert paths(innoship.create_awb(ctx, request("OMS-2", warehouse="iasi"))) == [("warehouse", "unmapped")]
    assert sandbox.awbs("OMS-2") == []


def test_the_shipments_day_is_that_of_the_accounts_zone(sandbox: Sandbox) -> None:
    innoship.create_awb(context(sandbox.url, time_zone="Pacific/Kiritimati"), request())

    assert sandbox.state()["orders"][0]["body"]["shipmentDate"] == "2026-03-02T12:00:00Z"

    innoship.create_awb(context(sandbox.url, time_zone="Pacific/Pago_Pago"), request("OMS-2"))

    assert sandbox.state()["orders"][1]["body"]["shipmentDate"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"recipient": recipient(name=" ")}, [("recipient.name", "required")]),
        ({"recipient": recipient(phone="")}, [("recipient.phone", "required")]),
        (
            {"recipient": recipient(street="", city="")},
            [("recipient.city", "required"), ("recipient.street", "required")],
        ),
        ({"recipient": recipient(country="Romania")}, [("recipient.country", "invalid")]),
        ({"recipient": recipient(county="", postcode="")}, [("recipient.county", "required")]),
        ({"recipient": recipient(name="x" * 65)}, [("recipient.name", "too_long")]),
        ({"recipient": recipient(street="x" * 101)}, [("recipient.street", "too_long")]),
        ({"parcels": ()}, [("parcels", "required")]),
        (
            {"parcels": (parcel(1, "0x20x10", "0"),)},
            [("parcels.0.length_cm", "required"), ("parcels.0.weight_kg", "required")],
        ),
        ({"parcels": (parcel(1), parcel(2, weight="NaN"))}, [("parcels.1.weight_kg", "required")]),
        ({"note": "x" * 501}, [("note", "too_long")]),
        ({"key": "k" * 101}, [("key", "too_long")]),
        ({"key": " "}, [("key", "required")]),
        ({"service": "express"}, [("service", "invalid")]),
        ({"service": "3"}, [("delivery_point", "required")]),
        ({"service": "1", "delivery_point": "157"}, [("service", "invalid")]),
    ],
)
def test_what_innoship_would_refuse_is_said_before_it_is_asked(
    sandbox: Sandbox, ctx: Ctx, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert paths(innoship.create_awb(ctx, request(**change))) == expected
    assert sandbox.state()["calls"] == {}


def test_county_or_postcode_is_enough() -> None:
    settings = context().settings
    assert problems(request(recipient=recipient(county="")), settings) == ()
    assert problems(request(recipient=recipient(postcode="")), settings) == ()


@pytest.mark.parametrize(
    ("change", "settings", "path", "words"),
    [
        ({"parcels": (parcel(1), parcel(2, "501x20x10"))}, {}, "parcels.1.length_cm", "Content.Parcels[1].Size.Length"),
        ({}, {"external_client_location": "WH-9"}, "settings.external_client_location", "ExternalClientLocation"),
        ({"service": "999:1"}, {}, "service", "CourierId"),
        ({"service": "3:6"}, {}, "service", "ServiceId"),
    ],
)
def test_a_refusal_names_our_field_and_innoships_reference(
    sandbox: Sandbox, change: dict[str, Any], settings: dict[str, Any], path: str, words: str
) -> None:
    answer = innoship.create_awb(context(sandbox.url, **settings), request(**change))

    assert paths(answer) == [(path, "courier_refused")]
    assert isinstance(answer, Refused)
    assert words in answer.problems[0].message
    assert "(Innoship reference " in answer.problems[0].message
    assert sandbox.state()["orders"] == []


def test_the_sender_is_not_sent_since_it_would_order_a_pickup_at_a_third_party(sandbox: Sandbox, ctx: Ctx) -> None:
    asked: ShipmentRequest = request(sender=recipient(name="Our shop"))
    made(innoship.create_awb(ctx, asked))

    assert "addressFrom" not in sandbox.state()["orders"][0]["body"]


@pytest.mark.parametrize(
    ("settings", "path", "value"),
    [
        ({"metadata": "vip"}, ("metadata",), "vip"),
        ({"payer": "Recipient"}, ("payment",), "Recipient"),
        ({"saturday_delivery": True}, ("extra", "saturdayDelivery"), True),
        ({"open_package": True}, ("extra", "openPackage"), True),
        ({"return_of_documents": True}, ("extra", "returnOfDocuments"), True),
        ({"package": "envelope"}, ("content", "package"), "envelope"),
        ({"preferred_label": "A4"}, ("clientSettings", "clientPreferences", "preferredLabel"), "A4"),
        ({"default_service": "3:1"}, ("courierId",), 3),
    ],
)
def test_what_the_account_is_set_to_is_sent(settings: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    body: Any = shipment_body(request(), context(**settings).settings, NOW)
    for name in path:
        body = body[name]
    assert body == value


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ({"recipient": recipient(contact="")}, ("addressTo", "contactPerson"), "Ion Pop"),
        ({"recipient": recipient(contact="Ana")}, ("addressTo", "contactPerson"), "Ana"),
        ({"recipient": recipient(country="ro")}, ("addressTo", "country"), "RO"),
        ({"parcels": (parcel(contents=""),)}, ("content", "contents"), "Produse"),
        ({"parcels": (parcel(contents="x" * 101),)}, ("content", "contents"), "x" * 100),
        ({"warehouse": "any"}, ("externalClientLocation",), "WH-1"),
    ],
)
def test_what_is_left_open_is_filled_in(change: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    assert problems(request(**change), context().settings) == ()
    body: Any = shipment_body(request(**change), context().settings, NOW)
    for name in path:
        body = body[name]
    assert body == value


def test_nothing_to_collect_is_no_cash_on_delivery() -> None:
    zero = Money(amount=Decimal("0.00"), currency="RON")
    extra = shipment_body(request(cash_on_delivery=zero, insured_value=zero), context().settings, NOW)["extra"]
    assert sorted(extra) == ["openPackage", "reference1", "returnOfDocuments", "saturdayDelivery"]
