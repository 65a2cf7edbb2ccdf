"""What mutations of estimates are told."""

from api.graphql.mutations.orders.customers import told_customer
from api.graphql.types.estimate import EstimateCreateInput, EstimateUpdateInput
from domain.flows.estimate_input import Offered
from domain.flows.order_input import OrderedLine


def offered_of(input: EstimateCreateInput | EstimateUpdateInput) -> Offered:
    """Raises Invalid for a customer's id that can be none."""
    return Offered(
        customer=told_customer(input.customer) if input.customer else None,
        lines=(
            [OrderedLine(line.sku, line.quantity, line.unit_price) for line in input.lines]
            if input.lines is not None
            else None
        ),
        fees=[fee.value() for fee in input.fees] if input.fees is not None else None,
        shipping_fee=input.shipping_fee.value() if input.shipping_fee else None,
        valid_until=input.valid_until,
        shipping=input.shipping_address.stored() if input.shipping_address else None,
        billing=input.billing_address.stored() if input.billing_address else None,
        payment_method=input.payment_method,
        note=input.note,
        seller=input.seller,
        buyer_tax_id=input.buyer_tax_id,
    )
