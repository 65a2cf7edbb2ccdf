"""Reading what arrived, with the connector's pure hooks: from an inbox item to what is to be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.intake.causes import Cause
from domain.intake.models import InboxState, Source
from domain.intake.settle import Settled, ignored, refused
from domain.intake.types import IncomingOrder
from domain.kernel.old_secrets import accepted_at
from omnisales_sdk import Delivery, ExternalOrder, Gone, Hint, Ignored, NeedsHuman, RawItem
from plugins.host import ConnectorBug, Verdict, verify, webhook_secrets

from .accounts import FarSide
from .translate import incoming_order

PART_OF = "omnisales-part-of"
"""A header that we put on an item which is one part of a delivery about several orders. A part that is no order has
another one, with the contract's name of what it is (Hint, Gone, Ignored) and the reason."""


@dataclass(frozen=True, slots=True)
class Item:
    """An inbox item, as it is read."""

    id: UUID
    channel_id: UUID | None
    courier_account_id: UUID | None
    source: Source
    state: InboxState
    received_at: datetime
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    verified: bool
    external_id: str | None
    version: str | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Fetch:
    """The item only says that something happened to this order."""

    external_id: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The delivery is about several orders."""

    found: Sequence["Found"]


Found = RawItem | Hint | Gone | Ignored
Reading = IncomingOrder | Settled | Fetch | Gone | Parts


def read_item(far: FarSide, item: Item) -> Reading:
    """What a channel's item is about. Nothing is raised for the item's sake: what cannot be read is an outcome too."""
    try:
        if not item.verified and (no := unverified(far, item)) is not None:
            return no
        found = _found_before(item) or far.call("parse_webhook", delivery=delivery_of(far, item))
        if len(found) == 1:
            return _read_found(far, item, found[0])
        return Parts(found) if found else ignored(item.id, item.channel_id, "nothing in it is about an order")
    except NeedsHuman as needs:
        return waiting(item, Cause(needs.cause, needs.message, needs.remedy))
    except ConnectorBug as bug:
        return waiting(item, _fault(bug))


def read_order(far: FarSide, item: Item, raw: RawItem) -> Reading:
    """The order in `raw`, in the domain's words."""
    try:
        order: ExternalOrder | Ignored = far.call("parse_order", item=raw)
    except NeedsHuman as needs:
        return waiting(item, Cause(needs.cause, needs.message, needs.remedy), raw.external_id)
    except ConnectorBug as bug:
        return waiting(item, _fault(bug), raw.external_id)
    if isinstance(order, Ignored):
        return _ignored(item, order, raw.external_id)
    return incoming_order(order)


def _found_before(item: Item) -> Sequence[Found]:
    """What an item is that was taken out of a page or a delivery; nothing for a delivery as it came."""
    # Headers of what was stored unverified are anybody's.
    if item.source is Source.WEBHOOK and not (item.verified and PART_OF in item.headers):
        return ()
    external_id, headers = item.external_id or "", item.headers
    if "Hint" in headers:
        return (Hint(external_id=external_id, reason=headers["Hint"]),)
    if "Gone" in headers:
        return (Gone(external_id=external_id, reason=headers["Gone"]),)
    if "Ignored" in headers:
        return (Ignored(external_id=item.external_id, reason=headers["Ignored"]),)
    return (RawItem(external_id=external_id, body=item.body, version=item.version),)


def _read_found(far: FarSide, item: Item, found: Found) -> Reading:
    if isinstance(found, RawItem):
        return read_order(far, item, found)
    if isinstance(found, Hint):
        return Fetch(found.external_id)
    if isinstance(found, Ignored):
        return _ignored(item, found, None)
    return found


def _ignored(item: Item, found: Ignored, external_id: str | None) -> Settled:
    return ignored(
        item.id, item.channel_id, found.reason, external_id=found.external_id or external_id, urgent=found.error
    )


def waiting(item: Item, cause: Cause, external_id: str | None = None) -> Settled:
    """The item waits under this cause until it is replayed."""
    return Settled(
        item_id=item.id,
        channel_id=item.channel_id,
        state=InboxState.WAITING,
        causes=(cause,),
        external_id=external_id or item.external_id,
    )


def _fault(bug: ConnectorBug) -> Cause:
    return Cause(
        f"fault:{bug.key}.{bug.hook}",
        f"The connector {bug.key} could not read this: {bug.reason}",
        "This is a fault of the connector. When a mended version runs, replay this entry.",
    )


def _secrets(far: FarSide, item: Item) -> Sequence[str]:
    """The current secrets, and the old ones that held when the item arrived."""
    current = webhook_secrets(far.manifest, far.account.credentials)
    return (*current, *accepted_at(far.account.old_secrets, item.received_at))


def unverified(far: FarSide, item: Item) -> Settled | None:
    """Checks the signature of what came while the connector was not loaded; None if it is good."""
    scheme = far.manifest.webhook
    verdict = Verdict.INVALID if scheme is None else verify(scheme, _secrets(far, item), item.body, item.headers)
    if verdict is Verdict.PING:
        return ignored(item.id, item.channel_id, "a ping")
    if verdict is Verdict.INVALID:
        return refused(item.id, item.channel_id, "its signature is not the store's")
    return None


def delivery_of(far: FarSide, item: Item) -> Delivery:
    """Only the headers that the connector asked for."""
    kept = far.manifest.webhook.keep_headers if far.manifest.webhook is not None else ()
    wanted = {name.lower() for name in kept}
    headers = {name.lower(): value for name, value in item.headers.items() if name.lower() in wanted}
    return Delivery(body=item.body, headers=headers)
