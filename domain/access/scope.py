"""Which rows of which tables are in a limited view (`Actor.scope`): the one place that says so (spec SEC-1).

A table that is not named here shows such a caller nothing. `Narrowed` puts these rules into every statement.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Text, Uuid
from sqlalchemy.types import TypeEngine

from domain.kernel.actor import Actor
from domain.kernel.database import Base, Database
from domain.kernel.narrowed import Narrowed, Render, Rule, whole

TYPES: Mapping[str, TypeEngine[Any]] = {
    "seller": Text(),
    "channels": ARRAY(Uuid()),
    "caller": Text(),
    "caller_id": Uuid(),
}
"""What rules ask for: the scope's two limits, and the caller as `kind:id` and as id."""


def _unless(limit: str, condition: str) -> str:
    """The planner knows the values, and drops the half that does not matter."""
    return f"({limit} IS NULL OR {condition})"


def _own(at: Render, seller: str = "seller") -> str:
    return _unless(at("seller"), f"{seller} = {at('seller')}")


def _of_channels(at: Render, channel: str = "channel_id") -> str:
    return _unless(at("channels"), f"{channel} = ANY ({at('channels')})")


def _sale(at: Render) -> str:
    """Orders and estimates: of the seller, of the channels."""
    return f"{_own(at)} AND {_of_channels(at)}"


def _part_of(parent: str, column: str) -> Rule:
    """Rows that hang from a row of another table, which is in view."""
    return lambda at: f"{column} IN (SELECT id FROM {parent} WHERE {RULES[parent](at)})"  # noqa: S608 - our own names


def _of_channel_or_order(at: Render) -> str:
    """Rows of a channel that may be of an order: to a seller, those of their orders alone."""
    own = f"order_id IN (SELECT id FROM orders WHERE seller = {at('seller')})"  # noqa: S608 - the place of a value
    return f"{_unless(at('seller'), own)} AND {_of_channels(at)}"


def _channel(column: str, *, to_sellers: bool) -> Rule:
    """Rows of a channel, of which no order can be told."""
    if to_sellers:
        return lambda at: _of_channels(at, column)
    return lambda at: f"{at('seller')} IS NULL AND {_of_channels(at, column)}"


def _of_whole_channels(column: str) -> Rule:
    """What a channel in view names in this column; nothing to a seller."""
    channels = _channel("id", to_sellers=False)
    return lambda at: f"id IN (SELECT {column} FROM channels WHERE {channels(at)})"  # noqa: S608 - our own names


def _customer(at: Render) -> str:
    """Customers by their orders and estimates: those that have one in view."""
    return " OR ".join(
        f"EXISTS (SELECT FROM {table} AS theirs WHERE theirs.customer_id = customers.id AND {_sale(at)})"
        for table in ("orders", "estimates")
    )


def _callers_run(at: Render) -> str:
    return f"(actor ->> 'kind') || ':' || (actor ->> 'id') = {at('caller')}"


_ORDER = _part_of("orders", "order_id")
_CUSTOMERS = _part_of("customers", "customer_id")
_SHIPMENT = _part_of("shipments", "shipment_id")

RULES: Mapping[str, Rule] = {
    "orders": _sale,
    **dict.fromkeys(
        (
            *("order_lines", "order_charges", "order_discounts", "order_history", "order_notes", "order_approvals"),
            *("payments", "delivery_notes", "packing_lists", "shipments", "invoices", "reservations", "back_orders"),
            *("discount_uses", "omni_log_discount", "push_records", "status_pushes"),
        ),
        _ORDER,
    ),
    "order_approval_steps": _part_of("order_approvals", "approval_id"),
    "delivery_note_lines": _part_of("delivery_notes", "delivery_note_id"),
    "parcels": _part_of("packing_lists", "packing_list_id"),
    "shipment_labels": _SHIPMENT,
    "tracking_events": _SHIPMENT,
    "estimates": _sale,
    "estimate_lines": _part_of("estimates", "estimate_id"),
    "customers": _customer,
    "customer_refs": lambda at: f"{_CUSTOMERS(at)} AND {_of_channels(at)}",
    "customer_group_members": _CUSTOMERS,
    **dict.fromkeys(("diary", "inbox", "changes", "external_orders"), _of_channel_or_order),
    "inbox_causes": _part_of("inbox", "item_id"),
    "channels": _channel("id", to_sellers=True),
    **dict.fromkeys(
        ("channel_mappings", "listings", "channel_client_groups", "channel_series_past"),
        _channel("channel_id", to_sellers=True),
    ),
    **dict.fromkeys(
        ("sync_cursors", "sync_runs", "status_counts", "status_count_deltas"), _channel("channel_id", to_sellers=False)
    ),
    "schedules": _channel("subject_id", to_sellers=False),
    "price_lists": _of_whole_channels("price_list_id"),
    "users": lambda at: f"id = {at('caller_id')}",
    "sessions": lambda at: f"user_id = {at('caller_id')}",
    "bulk_runs": _callers_run,
    "bulk_items": _part_of("bulk_runs", "run_id"),
    "order_views": lambda at: f"owner = {at('caller')}",
    **dict.fromkeys(
        (
            *("products", "variants", "product_groups", "warehouses", "stock_levels", "customer_groups"),
            *(
                "metafield_definitions",
                "exchange_rates",
                "business_calendar",
                "courier_accounts",
                "roles",
                "feed_start",
            ),
            *("legal_entities", "invoice_series", "teams"),
        ),
        whole,
    ),
}
"""By the table's name: the rows that a caller with a limited view sees."""

CLOSED: Mapping[str, str] = {
    "price_list_members": "the terms of other customers and channels",
    "omni_order_approval_rules": "rules of the whole house",
    "erasures": "for those who answer for personal data in the whole house",
    "erasure_marks": "for those who answer for personal data in the whole house",
}
"""Tables with orders, channels or customers in them that show nothing to a limited view, and why."""

DOORS: Sequence[str] = (
    *("orders", "estimates", "delivery_notes", "packing_lists", "shipments", "invoices", "payments", "order_notes"),
    *("order_approvals", "customers", "channels", "bulk_runs", "diary"),
)
"""The tables by whose rows changes begin: a foreign one is not found."""


def narrowed(database: Database) -> Narrowed:
    """The database for callers with a limited view."""
    tables = Base.metadata.tables
    return Narrowed(database, tables=tables, rules=RULES, doors=DOORS, types=TYPES)


def view_of(database: Narrowed, actor: Actor) -> Database:
    """The database as this caller has it."""
    scope = actor.scope
    return database.of(
        seller=scope.seller,
        channels=None if scope.channels is None else sorted(scope.channels),
        caller=f"{actor.kind.value}:{actor.id or actor.label}",
        caller_id=actor.id,
    )
