"""Everything that is held on a person (spec SEC-4), as one document for the person; and who a person is.

The document has a section per table, its rows as they are stored. Raw payloads are given as text where they are text.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Text, func, literal, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.approvals.models import OrderApproval, OrderApprovalStep
from domain.customers.models import Customer, CustomerGroup, CustomerGroupMember, CustomerRef
from domain.diary.models import DiaryEntry
from domain.estimates.models import Estimate, EstimateLine
from domain.fulfilment.models import DeliveryNote, PackingList
from domain.intake.models import ExternalOrder, InboxItem
from domain.invoicing.models import Invoice
from domain.kernel.clock import utc_now
from domain.orders.models import HistoryEntry, Order, OrderCharge, OrderDiscount, OrderLine, OrderNote
from domain.payments.models import Payment
from domain.privacy.models import Erasure
from domain.reads.rows import Rows
from domain.shipping.models import Shipment, ShipmentLabel, TrackingEvent

MOST_FOUND = 50
_OURS_ALONE = {"customers": ("searched",), "erasures": ("words", "cursor"), "orders": ("history_seq",)}
"""Columns that repeat others, or are of the house's own working."""


async def personal_data(connection: AsyncConnection, customer_id: UUID) -> dict[str, Any] | None:
    """The document; None where there is no such customer."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for name, (table, where) in _sections(customer_id).items():
        left_out = _OURS_ALONE.get(table.name, ())
        columns = [column for column in table.columns if column.name not in left_out]
        rows = await connection.execute(select(*columns).where(where).order_by(*table.primary_key))
        sections[name] = [{key: shown(value) for key, value in row._mapping.items()} for row in rows]
    if not sections["customer"]:
        return None
    [customer] = sections.pop("customer")
    return {"created_at": utc_now().isoformat(), "customer": customer, **sections}


def _sections(customer_id: UUID) -> Mapping[str, tuple[Table, ColumnElement[bool]]]:
    orders = select(Order.id).where(Order.customer_id == customer_id)
    said = select(ExternalOrder.channel_id, ExternalOrder.external_id).where(ExternalOrder.order_id.in_(orders))
    shipments = select(Shipment.id).where(Shipment.order_id.in_(orders))
    estimates = select(Estimate.id).where(Estimate.customer_id == customer_id)
    groups = select(CustomerGroupMember.group_id).where(CustomerGroupMember.customer_id == customer_id)
    approvals = select(OrderApproval.id).where(OrderApproval.order_id.in_(orders))
    sections: dict[str, tuple[Any, ColumnElement[bool]]] = {
        "customer": (Customer, Customer.id == customer_id),
        "known_to_channels_as": (CustomerRef, CustomerRef.customer_id == customer_id),
        "groups": (CustomerGroup, CustomerGroup.id.in_(groups)),
        "orders": (Order, Order.customer_id == customer_id),
        "order_lines": (OrderLine, OrderLine.order_id.in_(orders)),
        "order_charges": (OrderCharge, OrderCharge.order_id.in_(orders)),
        "order_discounts": (OrderDiscount, OrderDiscount.order_id.in_(orders)),
        "order_notes": (OrderNote, OrderNote.order_id.in_(orders)),
        "order_history": (HistoryEntry, HistoryEntry.order_id.in_(orders)),
        "approvals": (OrderApproval, OrderApproval.order_id.in_(orders)),
        "approval_steps": (OrderApprovalStep, OrderApprovalStep.approval_id.in_(approvals)),
        "payments": (Payment, Payment.order_id.in_(orders)),
        "invoices": (Invoice, Invoice.order_id.in_(orders)),
        "delivery_notes": (DeliveryNote, DeliveryNote.order_id.in_(orders)),
        "packing_lists": (PackingList, PackingList.order_id.in_(orders)),
        "shipments": (Shipment, Shipment.order_id.in_(orders)),
        "labels": (ShipmentLabel, ShipmentLabel.shipment_id.in_(shipments)),
        "tracking": (TrackingEvent, TrackingEvent.shipment_id.in_(shipments)),
        "estimates": (Estimate, Estimate.customer_id == customer_id),
        "estimate_lines": (EstimateLine, EstimateLine.estimate_id.in_(estimates)),
        "diary": (DiaryEntry, DiaryEntry.order_id.in_(orders)),
        "said_by_channels": (ExternalOrder, ExternalOrder.order_id.in_(orders)),
        "arrived": (InboxItem, tuple_(InboxItem.channel_id, InboxItem.external_id).in_(said)),
        "erasures": (Erasure, Erasure.customer_id == customer_id),
    }
    return {name: (model.__table__, where) for name, (model, where) in sections.items()}


def shown(value: Any) -> Any:
    """A value as the document has it: JSON, amounts as text, bytes as text or else in base64."""
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    return value.isoformat() if hasattr(value, "isoformat") else str(getattr(value, "value", value))


def _found(email: str | None, phone: str | None) -> Select[Any]:
    ways: list[Any] = []
    if email is not None:
        ways.append(select(Customer.id).where(Customer.email == email.strip().lower()))
    if phone is not None:
        key = func.phone_key(literal(phone, Text()))
        shipped = func.phone_key(Order.shipping.op("->>")("phone"))
        ways.append(select(Customer.id).where(func.phone_key(Customer.phone) == key))
        ways.append(select(Order.customer_id).where(shipped == key, Order.customer_id.is_not(None)))
    found = union(*ways).subquery()
    return select(found.c[0])


async def people_found(
    connection: AsyncConnection, columns: Sequence[str], email: str | None, phone: str | None
) -> Rows:
    """Customers by their own e-mail, or telephone number, which may be the one that an order was shipped to; at most
    50, oldest first."""
    customer = Customer.__table__.c
    wanted = select(*(customer[name] for name in columns)).where(customer.id.in_(_found(email, phone)))
    return (await connection.execute(wanted.order_by(customer.created_at, customer.id).limit(MOST_FOUND))).all()
