"""Customers as mutations of orders are told them."""

from api.graphql.types.actions import CustomerInput
from domain.flows.create_order import OrderCustomer
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.kernel.texts import shown


def told_customer(input: CustomerInput) -> OrderCustomer:
    """Raises Invalid for an id that can be none."""
    key = None
    if input.id is not None:
        key = parse_id(input.id)
        if key is None:
            raise invalid(("customer", "id"), "NOT_FOUND", f"There is no customer {shown(input.id)}.")
    return OrderCustomer(id=key, name=input.name, email=input.email, phone=input.phone, tax_id=input.tax_id)
