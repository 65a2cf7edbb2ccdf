"""Tries a store's address and keys without changing anything there."""

from collections.abc import Mapping

from omnisales_sdk import ConnectionTest, ConnectorSignal, NeedsHuman, TryLater, hookimpl

from .client import INVALID_ID, call
from .settings import Ctx

_NOBODYS_ORDER = 9_999_999_999
"""No store has this order: a write to it is refused for its id by a key that may write, and for the key otherwise."""


@hookimpl
def test_connection(ctx: Ctx) -> ConnectionTest:
    """Is it a WordPress with WooCommerce, is the address its own, do the keys read, do they write?"""
    try:
        return _tried(ctx)
    except NeedsHuman as problem:
        return ConnectionTest(ok=False, message=f"{problem.message}. {problem.remedy}")
    except TryLater as problem:
        return ConnectionTest(ok=False, message=f"The store does not answer: {problem.message}")


def _tried(ctx: Ctx) -> ConnectionTest:
    index = call(ctx, "GET", "/wp-json/").body
    if not isinstance(index, Mapping) or "wc/v3" not in index.get("namespaces", []):
        return ConnectionTest(ok=False, message=f"{ctx.settings.store_url} is a WordPress without WooCommerce's API v3")
    home = str(index.get("home", "")).rstrip("/")
    if home and home != ctx.settings.store_url:
        return ConnectionTest(ok=False, message=f"The store calls itself {home}: set that as the store's address")
    call(ctx, "GET", "orders", params=[("per_page", "1"), ("_fields", "id")])
    try:
        call(ctx, "POST", f"orders/{_NOBODYS_ORDER}", json={}, expected=frozenset({INVALID_ID}))
    except ConnectorSignal as problem:
        return ConnectionTest(ok=False, message=f"The keys may read, but statuses cannot be pushed: {problem}")
    name = index.get("name") or "the store"
    return ConnectionTest(ok=True, message=f"{name}: orders can be read and written")
