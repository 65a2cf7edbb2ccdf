"""Between the contract's values and the domain's. Pure; one function per value and direction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.channels.vocabulary import Defaults
from domain.flows.ship import AwbCall
from domain.intake.canonical import clean_text
from domain.intake.types import (
    IncomingAddress,
    IncomingCharge,
    IncomingCustomer,
    IncomingDiscount,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
)
from domain.kernel.money import Money
from domain.kernel.refusals import Problem
from domain.shipping.models import Shipment, ShipmentStatus
from domain.shipping.rules import Scan
from omnisales_sdk import (
    ExternalAddress,
    ExternalOrder,
    Parcel,
    Party,
    ShipmentRef,
    ShipmentRequest,
    TrackingEvent,
    Vocabulary,
)
from omnisales_sdk import Money as TheirMoney
from omnisales_sdk import Problem as TheirProblem


def incoming_order(order: ExternalOrder) -> IncomingOrder:
    """An order as a connector read it. Of `extra`, what is a plain value goes along: metafields may take it."""
    customer = order.customer
    return IncomingOrder(
        external_id=order.external_id,
        number=order.number,
        status=order.status,
        currency=order.currency,
        placed_at=order.placed_at,
        total=order.total,
        version=order.version,
        customer=IncomingCustomer(
            external_id=customer.external_id,
            name=customer.name,
            email=customer.email,
            phone=customer.phone,
            company=customer.company,
            tax_id=customer.tax_id,
        ),
        billing=incoming_address(order.billing),
        shipping=incoming_address(order.shipping),
        lines=tuple(
            IncomingLine(
                external_id=line.external_id,
                name=line.name,
                quantity=line.quantity,
                subtotal=line.subtotal,
                total=line.total,
                tax=line.tax,
                variant=line.variant,
                sku=line.sku,
                tax_rate=line.tax_rate,
            )
            for line in order.lines
        ),
        charges=tuple(
            IncomingCharge(kind=one.kind, title=one.title, amount=one.amount, tax=one.tax, code=one.code)
            for one in order.charges
        ),
        discounts=tuple(IncomingDiscount(code=one.code, amount=one.amount) for one in order.discounts),
        payments=tuple(
            IncomingPayment(external_id=one.external_id, amount=one.amount, method=one.method, at=one.at)
            for one in order.payments
        ),
        refunds=tuple(
            IncomingRefund(external_id=one.external_id, amount=one.amount, reason=one.reason) for one in order.refunds
        ),
        payment_method=order.payment_method,
        payment_title=order.payment_title,
        note=order.note,
        delivery_point=order.delivery_point,
        test=order.test,
        extra={name: value for name, value in order.extra.items() if isinstance(value, (str, int, float, bool))},
    )


def incoming_address(address: ExternalAddress | None) -> IncomingAddress | None:
    if address is None:
        return None
    return IncomingAddress(
        name=address.name,
        company=address.company,
        street=address.street,
        city=address.city,
        county=address.county,
        postcode=address.postcode,
        country=address.country,
        phone=address.phone,
        email=address.email,
    )


def defaults(vocabulary: Vocabulary) -> Defaults:
    """The connector's own meaning of its words, with our statuses by their names."""
    return Defaults(
        statuses_in={word: status.value for word, status in vocabulary.statuses_in.items()},
        statuses_ignored=dict(vocabulary.statuses_ignored),
        statuses_out={status.value: word for status, word in vocabulary.statuses_out.items()},
    )


def shipment_request(call: AwbCall) -> ShipmentRequest:
    """What a courier is told of a shipment that is to be made."""
    return ShipmentRequest(
        key=call.key,
        reference=call.order_number,
        recipient=_party(call.recipient or {}, call.customer_email),
        parcels=tuple(
            Parcel(
                number=parcel.number,
                length_cm=parcel.length_cm,
                width_cm=parcel.width_cm,
                height_cm=parcel.height_cm,
                weight_kg=parcel.weight_kg,
                contents=call.contents,
            )
            for parcel in call.parcels
        ),
        service=call.service,
        cash_on_delivery=None if call.cash_on_delivery is None else _their_money(call.cash_on_delivery),
        note=call.note or "",
        delivery_point=call.delivery_point,
        awb=call.typed_awb,
    )


def _party(address: Mapping[str, Any], email: str | None) -> Party:
    """A company receives under its name, with the person as contact."""

    def part(name: str) -> str:
        return str(address.get(name) or "")

    return Party(
        name=part("company") or part("name"),
        contact=part("name") or part("company"),
        phone=part("phone"),
        street=part("street"),
        city=part("city"),
        county=part("county"),
        postcode=part("postcode"),
        country=part("country"),
        email=part("email") or email or "",
    )


def shipment_ref(shipment: Shipment) -> ShipmentRef:
    return ShipmentRef(key=shipment.key, awb=shipment.awb, refs=dict(shipment.refs))


def scans(events: Iterable[TrackingEvent]) -> list[Scan]:
    """Tracking events, as they can be kept: one that the database refused would stop the account's other parcels."""
    return [
        Scan(
            at=event.at,
            code=event.code,
            text=clean_text(event.text),
            status=None if event.status is None else ShipmentStatus(event.status.value),
            location=clean_text(event.location),
            final=event.final,
            attention=event.attention,
            known=event.known,
        )
        for event in events
    ]


def our_money(money: TheirMoney | None) -> Money | None:
    return None if money is None else Money(money.amount, money.currency)


def _their_money(money: Money) -> TheirMoney:
    return TheirMoney(amount=money.amount, currency=money.currency)


def problems(theirs: Sequence[TheirProblem]) -> list[Problem]:
    """A courier's reasons; their dotted paths become ours, and their words what can be kept."""
    return [Problem(tuple(filter(None, one.path.split("."))), one.code, clean_text(one.message)) for one in theirs]
