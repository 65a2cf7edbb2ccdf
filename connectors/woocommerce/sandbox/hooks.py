"""The routes of webhooks. The secret goes in and never comes out."""

import secrets
from urllib.parse import urlsplit

from .params import one_of, window
from .shop import Hook, Shop, gmt
from .wire import Call, Doc, Reply, WpError, created, links

METHODS = "GET, POST, PUT, PATCH, DELETE"
_EVENTS = {
    "order": {
        "created": ["woocommerce_new_order"],
        "updated": ["woocommerce_update_order", "woocommerce_order_refunded"],
        "deleted": ["wp_trash_post", "woocommerce_trash_order"],
        "restored": ["untrashed_post", "woocommerce_untrash_order"],
    },
    "product": {
        "created": [
            "woocommerce_process_product_meta",
            "woocommerce_new_product",
            "woocommerce_new_product_variation",
        ],
        "updated": [
            "woocommerce_process_product_meta",
            "woocommerce_update_product",
            "woocommerce_update_product_variation",
        ],
        "deleted": ["wp_trash_post"],
        "restored": ["untrashed_post"],
    },
}


def list_hooks(shop: Shop, call: Call) -> Reply:
    """`GET webhooks`: newest second first, within it by id."""
    asked = window(call.params)
    rows = sorted(shop.hooks.values(), key=lambda hook: (-hook.created.timestamp(), hook.id))
    start = (asked.page - 1) * asked.per_page
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // asked.per_page))}
    return Reply(body=[rendered(shop, hook) for hook in rows[start : start + asked.per_page]], headers=headers)


def get_hook(shop: Shop, call: Call) -> Reply:
    return Reply(body=rendered(shop, _existing(shop, call.ids[0])))


def make_hook(shop: Shop, call: Call) -> Reply:
    """`POST webhooks`. A ping is owed, and sent before the answer."""
    body = call.body
    _check_topic(str(body.get("topic", "")))
    if urlsplit(str(body.get("delivery_url", ""))).scheme not in ("http", "https"):
        raise WpError(
            400,
            "woocommerce_rest_shop_webhook_invalid_delivery_url",
            "Webhook delivery URL must be a valid URL starting with http:// or https://.",
        )
    hook = Hook(
        id=next(shop.hook_ids),
        name=str(body.get("name") or "Webhook"),
        topic=body["topic"],
        url=body["delivery_url"],
        secret=body.get("secret") or secrets.token_urlsafe(32),
        status=one_of("status", body.get("status", "active"), ("active", "paused", "disabled")),
        created=shop.gmt(),
    )
    shop.hooks[hook.id] = hook
    return created(f"webhooks/{hook.id}", rendered(shop, hook))


def change_hook(shop: Shop, call: Call) -> Reply:
    """`PUT webhooks/{id}`. Switching on again clears no failures and sends nothing that was missed."""
    hook, body = _existing(shop, call.ids[0]), call.body
    if "topic" in body:
        _check_topic(body["topic"])
        hook.topic = body["topic"]
    if "status" in body:
        hook.status = one_of("status", body["status"], ("active", "paused", "disabled"))
    hook.name = body.get("name", hook.name)
    hook.url = body.get("delivery_url", hook.url)
    hook.secret = body.get("secret") or hook.secret
    hook.modified = shop.gmt()
    return Reply(body=rendered(shop, hook))


def delete_hook(shop: Shop, call: Call) -> Reply:
    hook = _existing(shop, call.ids[0])
    if call.params.get("force", "") not in ("true", "1"):
        raise WpError(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
    del shop.hooks[hook.id]
    return Reply(body=rendered(shop, hook))


def _check_topic(topic: str) -> None:
    resource, _, event = topic.partition(".")
    if event not in _EVENTS.get(resource, {}):
        code = "woocommerce_rest_shop_webhook_invalid_topic"
        raise WpError(400, code, "Webhook topic is required and must be valid.")


def _existing(shop: Shop, number: int) -> Hook:
    if number not in shop.hooks:
        raise WpError(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
    return shop.hooks[number]


def rendered(shop: Shop, hook: Hook) -> Doc:
    resource, _, event = hook.topic.partition(".")
    return {
        "id": hook.id,
        "name": hook.name,
        "status": hook.status,
        "topic": hook.topic,
        "resource": resource,
        "event": event,
        "hooks": _EVENTS[resource][event],
        "delivery_url": hook.url,
        "date_created": shop.local(hook.created),
        "date_created_gmt": gmt(hook.created),
        "date_modified": shop.local(hook.modified),
        "date_modified_gmt": gmt(hook.modified),
        "_links": links(f"webhooks/{hook.id}", allow=METHODS),
    }
