"""Every hook, on one screen. A connector implements those that it can do; what it lacks is simply not offered.

Hooks are plain synchronous functions, called on a worker's thread with one account's `Context`. They may raise
`TryLater`, `NeedsHuman` and `OutcomeUnknown` (see `errors`); anything else is reported as the connector's bug.
"""

from collections.abc import Sequence
from typing import Any

from ._markers import hookspec
from .context import Context
from .manifest import Manifest
from .sales import (
    Conflict,
    ConnectionTest,
    Delivery,
    ExternalOrder,
    Gone,
    Hint,
    Ignored,
    OrderRef,
    Page,
    Pushed,
    RawItem,
    StatusPush,
)
from .shipping import (
    Created,
    Dispatched,
    Label,
    Quote,
    Refused,
    ShipmentRef,
    ShipmentRequest,
    TrackingUpdate,
    Voided,
)

Ctx = Context[Any, Any]


@hookspec(firstresult=True)
def connector() -> Manifest:
    """The connector's card. Called once, at load."""


@hookspec(firstresult=True)
def test_connection(ctx: Ctx) -> ConnectionTest:
    """Tries the credentials without changing anything there."""


# Sales channels


@hookspec(firstresult=True)
def fetch_orders(ctx: Ctx, cursor: str | None) -> Page:
    """One page of orders changed since `cursor` (None: from now on), with an overlap; repeats are harmless."""


@hookspec(firstresult=True)
def fetch_order(ctx: Ctx, external_id: str) -> RawItem | Gone:
    """One order, as it is now."""


@hookspec(firstresult=True)
def parse_webhook(ctx: Ctx, delivery: Delivery) -> Sequence[RawItem | Hint | Gone | Ignored]:
    """What a delivery (its signature already checked) is about. Pure."""


@hookspec(firstresult=True)
def parse_order(ctx: Ctx, item: RawItem) -> ExternalOrder | Ignored:
    """Translates a raw order. Pure: called again on replay. `NeedsHuman` when it cannot be read."""


@hookspec(firstresult=True)
def push_status(ctx: Ctx, push: StatusPush) -> Pushed | Conflict:
    """Brings the order there to the wanted state; may run any number of times."""


@hookspec(firstresult=True)
def list_orders(ctx: Ctx, since: str, until: str) -> Sequence[OrderRef]:
    """All orders placed in [since, until) (ISO times, UTC), for reconciliation."""


@hookspec(firstresult=True)
def ensure_webhooks(ctx: Ctx) -> Sequence[str]:
    """Registers our address there, reactivates what was switched off; says in words what it changed."""


# Couriers


@hookspec(firstresult=True)
def quote(ctx: Ctx, request: ShipmentRequest) -> Sequence[Quote] | Refused:
    """Offers for a shipment, cheapest first."""


@hookspec(firstresult=True)
def create_awb(ctx: Ctx, request: ShipmentRequest) -> Created | Refused:
    """Makes the AWB. Journalled before the call; raises `OutcomeUnknown(request.key)` when no answer came."""


@hookspec(firstresult=True)
def find_awb(ctx: Ctx, key: str) -> Created | None:
    """The shipment made under our key, or None; asked after an unknown outcome, never guessed."""


@hookspec(firstresult=True)
def label(ctx: Ctx, shipment: ShipmentRef, format: str) -> Label | None:
    """The label in one of the manifest's formats; None while the courier does not have it yet."""


@hookspec(firstresult=True)
def void_awb(ctx: Ctx, shipment: ShipmentRef) -> Voided | Refused:
    """Cancels the AWB there; may run twice."""


@hookspec(firstresult=True)
def track(ctx: Ctx, shipments: Sequence[ShipmentRef]) -> Sequence[TrackingUpdate]:
    """All events known of these shipments; those that the courier does not mention are left out."""


@hookspec(firstresult=True)
def parse_tracking(ctx: Ctx, delivery: Delivery) -> Sequence[TrackingUpdate]:
    """The tracking events of a courier's webhook. Pure."""


@hookspec(firstresult=True)
def dispatch(ctx: Ctx, shipments: Sequence[ShipmentRef]) -> Dispatched | Refused:
    """The courier's own hand-over step for these shipments, where it has one."""
