"""Statuses and tracking out: read, compare, and write only what differs.

WooCommerce enforces no order of statuses and takes any move with 200, so the guard is here. Only `status` and
`meta_data` are ever sent: a body with an address or a line makes the store recalculate taxes and totals. Orders are
written one by one, since its batch route turns a status that it does not know into "pending".
"""

from typing import Any

from omnisales_sdk import Conflict, NeedsHuman, Pushed, StatusPush, hookimpl

from .client import INVALID_ID, Answer, call
from .settings import Ctx
from .statuses import TRASH
from .values import Json, records, text, version

_INVALID_PARAM = "rest_invalid_param"


@hookimpl
def push_status(ctx: Ctx, push: StatusPush) -> Pushed | Conflict:
    """Brings the order to `push.status` with its tracking numbers; already so is no write.

    A store that moved the order to something else meanwhile, deleted it, or has it in its bin (which a write would
    silently empty) is answered with `Conflict`. A status that the store does not have raises `NeedsHuman`.
    """
    path = f"orders/{int(push.external_id)}"
    answer = call(ctx, "GET", path, expected=frozenset({INVALID_ID}))
    if answer.code is not None:
        return _deleted()
    order = answer.record
    there = text(order, "status")
    if there == TRASH or (there != push.status and push.last_known is not None and there != push.last_known):
        return Conflict(
            status=there, version=version(order), message=f"the store has this order as {there!r}; nothing was written"
        )
    changes = _changes(ctx, order, push)
    if not changes:
        return Pushed(status=there, version=version(order), changed=False)
    return _written(call(ctx, "POST", path, json=changes, expected=frozenset({INVALID_ID, _INVALID_PARAM})), push)


def _written(answer: Answer, push: StatusPush) -> Pushed | Conflict:
    if answer.code == INVALID_ID:
        return _deleted()
    if answer.code == _INVALID_PARAM:
        raise NeedsHuman(
            f"status:{push.status}",
            f"The store does not have the status {push.status!r}: {text(answer.record, 'message')}",
            remedy="Map our status to one of the store's own (they carry no wc- prefix here), then push again.",
        )
    now = text(answer.record, "status")
    if now != push.status:
        return Conflict(
            status=now,
            version=version(answer.record),
            message=f"the store answered {now!r} when {push.status!r} was written",
        )
    return Pushed(status=now, version=version(answer.record), changed=True)


def _deleted() -> Conflict:
    return Conflict(status="deleted", version=None, message="the store has deleted this order for good")


def _changes(ctx: Ctx, order: Json, push: StatusPush) -> dict[str, Any]:
    status = {"status": push.status} if text(order, "status") != push.status else {}
    tracking = _tracking(ctx, order, push)
    return {**status, **({"meta_data": tracking} if tracking else {})}


def _tracking(ctx: Ctx, order: Json, push: StatusPush) -> list[dict[str, Any]]:
    """Meta entries that are missing or differ. An entry that is there is named by its id: older versions add a second
    one for a key without it."""
    wanted = {
        ctx.settings.tracking_number_meta_key: [parcel.awb for parcel in push.tracking],
        ctx.settings.tracking_url_meta_key: [parcel.url or "" for parcel in push.tracking],
        ctx.settings.tracking_courier_meta_key: [parcel.courier for parcel in push.tracking],
    }
    there = {entry.get("key"): entry for entry in records(order, "meta_data")}
    changes = []
    for key, values in wanted.items():
        value = ", ".join(dict.fromkeys(filter(None, values)))
        known = there.get(key, {})
        if key and value and known.get("value") != value:
            changes.append({**({"id": known["id"]} if "id" in known else {}), "key": key, "value": value})
    return changes
