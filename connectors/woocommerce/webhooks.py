"""What a delivery is about. Its body was built when it was sent, not when the event happened: it is the latest state.

`created` and `updated` come as twins, in either order, and a draft of old versions becomes an order under `updated`
alone: all topics that carry an order are the same to us. The delivery id is a hash of hook and second, and names
nothing.
"""

import json
from collections.abc import Mapping
from typing import Any

from omnisales_sdk import Delivery, Gone, Hint, Ignored, RawItem, hookimpl

from .manifest import TOPIC_HEADER
from .settings import Ctx
from .statuses import TRASH
from .values import identity, raw_item

Found = RawItem | Hint | Gone | Ignored


@hookimpl
def parse_webhook(ctx: Ctx, delivery: Delivery) -> list[Found]:
    """The one order that a delivery is about, or why there is none."""
    resource, _, event = delivery.headers.get(TOPIC_HEADER, "order.").partition(".")
    if resource != "order":
        # With the old posts storage, "product.deleted" comes with the id of an ORDER.
        return [Ignored(reason=f"{resource}.{event} is not about an order")]
    try:
        body = json.loads(delivery.body)
    except (ValueError, RecursionError):
        return [Ignored(reason="the delivery is signed but no JSON", error=True)]
    return [_found(event, body)]


def _found(event: str, body: Any) -> Found:
    number = identity(body.get("id")) if isinstance(body, Mapping) else None
    if number is None or not (number.isascii() and number.isdigit()):
        return Ignored(reason=f"an error in the place of the order: {_message(body)}", error=True)
    if event == "deleted":
        return Gone(external_id=number, reason="the store moved the order to its bin")
    if body.get("status") == TRASH:
        return Gone(external_id=number, reason="the order lies in the store's bin")
    if "line_items" not in body or "date_modified_gmt" not in body:
        return Hint(external_id=number, reason=f"order.{event} with less than the whole order")
    return raw_item(body)


def _message(body: Any) -> str:
    """An order that was deleted before the delivery ran is replaced by the API's error object, signed as usual."""
    if isinstance(body, Mapping) and "code" in body:
        return f"{body.get('message', '')} ({body['code']})"
    return "no id in it"
