"""Our webhooks in the store: made with our own secret, and switched on again when the store switched them off.

The store never says a hook's secret, never repeats a delivery, and disables a hook after seven failures in a row.
"""

from hashlib import sha256

from omnisales_sdk import NeedsHuman, hookimpl

from .client import call
from .settings import Ctx
from .values import Json, text

TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
_SECRET = "webhook_secret_sha256"  # noqa: S105 - the name of a state key


@hookimpl
def ensure_webhooks(ctx: Ctx) -> list[str]:
    """One active hook for each order topic at our address, signed with our secret; says what it changed."""
    if not ctx.webhook_url:
        raise NeedsHuman(
            "settings:webhook_url",
            "This channel has no webhook address that the store could call",
            remedy="Set the public address of this system, then register the webhooks again.",
        )
    ours = sorted(
        (hook for hook in _hooks(ctx) if hook.get("delivery_url") == ctx.webhook_url), key=lambda hook: int(hook["id"])
    )
    secret_is_there = _secret_is_there(ctx)
    mended = [_mended(ctx, hook, secret_is_there) for hook in ours]
    made = [_made(ctx, topic) for topic in TOPICS if topic not in {hook.get("topic") for hook in ours}]
    _note_secret(ctx)
    return [change for change in mended if change] + made


def _hooks(ctx: Ctx) -> list[Json]:
    found: list[Json] = []
    page = 1
    while True:
        rows = call(ctx, "GET", "webhooks", params=[("per_page", "100"), ("page", str(page))]).records
        found += rows
        if len(rows) < 100:
            return found
        page += 1


def _made(ctx: Ctx, topic: str) -> str:
    hook = {
        "name": f"OmniSales {topic}",
        "topic": topic,
        "delivery_url": ctx.webhook_url,
        "secret": ctx.credentials.webhook_secret.get_secret_value(),
    }
    call(ctx, "POST", "webhooks", json=hook)
    return f"{topic}: registered"


def _mended(ctx: Ctx, hook: Json, secret_is_there: bool) -> str | None:
    """Deliveries that a disabled hook missed are gone; the poll brings their orders."""
    status = text(hook, "status")
    if status == "active" and secret_is_there:
        return None
    changes = {"status": "active", "secret": ctx.credentials.webhook_secret.get_secret_value()}
    call(ctx, "POST", f"webhooks/{int(hook['id'])}", json=changes)
    return f"{hook['topic']}: {'given our secret' if status == 'active' else f'was {status}, switched on again'}"


def _digest(ctx: Ctx) -> str:
    return sha256(ctx.credentials.webhook_secret.get_secret_value().encode()).hexdigest()


def _secret_is_there(ctx: Ctx) -> bool:
    return ctx.state.get(_SECRET, secret=True) == _digest(ctx)


def _note_secret(ctx: Ctx) -> None:
    known = ctx.state.get(_SECRET, secret=True)
    if known != _digest(ctx):
        ctx.state.set(_SECRET, _digest(ctx), expected=known, secret=True)
