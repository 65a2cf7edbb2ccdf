"""What is left of an order that arrives when its buyer was erased: what was bought and paid. Pure."""

from dataclasses import replace

from .types import IncomingAddress, IncomingCustomer, IncomingOrder


def without_person(order: IncomingOrder) -> IncomingOrder:
    """The order without its buyer; of the addresses the country stays."""
    return replace(
        order,
        customer=IncomingCustomer(),
        billing=_country(order.billing),
        shipping=_country(order.shipping),
        refunds=tuple(replace(refund, reason="") for refund in order.refunds),
        note="",
        delivery_point="",
        extra={},
    )


def _country(address: IncomingAddress | None) -> IncomingAddress | None:
    return None if address is None else IncomingAddress(country=address.country)
