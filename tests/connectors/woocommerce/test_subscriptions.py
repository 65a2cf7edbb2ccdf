"""Our webhooks in the store, over real HTTP."""

import pytest

from connectors.woocommerce import ensure_webhooks
from connectors.woocommerce.subscriptions import TOPICS
from omnisales_sdk import NeedsHuman

from .support import Receiver, Store


def test_hooks_are_made_once_with_our_address_and_secret(store: Store, receiver: Receiver) -> None:
    ctx = store.ctx(webhook_url=receiver.url)
    assert ensure_webhooks(ctx) == [f"{topic}: registered" for topic in TOPICS]
    assert ensure_webhooks(ctx) == []
    hooks = store.state()["hooks"]
    assert [(hook["topic"], hook["url"], hook["status"]) for hook in hooks] == [
        (topic, receiver.url, "active") for topic in TOPICS
    ]
    assert {hook.secret for hook in store.shop.hooks.values()} == {"test-webhook-secret"}


def test_each_hook_pings_while_it_is_made(store: Store, receiver: Receiver) -> None:
    ensure_webhooks(store.ctx(webhook_url=receiver.url))
    assert receiver.pings == [b"webhook_id=1", b"webhook_id=2", b"webhook_id=3", b"webhook_id=4"]


def test_a_hook_that_the_store_switched_off_is_switched_on_again(store: Store, receiver: Receiver) -> None:
    ctx = store.ctx(webhook_url=receiver.url)
    ensure_webhooks(ctx)
    store.shop.hooks[2].status = "disabled"
    store.shop.hooks[3].status = "paused"
    assert ensure_webhooks(ctx) == [
        "order.updated: was disabled, switched on again",
        "order.deleted: was paused, switched on again",
    ]
    assert {hook["status"] for hook in store.state()["hooks"]} == {"active"}


def test_hooks_of_others_are_left_alone(store: Store, receiver: Receiver) -> None:
    other = store.ctx(webhook_url=f"{receiver.url}?other")
    ensure_webhooks(other)
    store.shop.hooks[1].status = "paused"
    ensure_webhooks(store.ctx(webhook_url=receiver.url))
    assert store.shop.hooks[1].status == "paused"
    assert len(store.shop.hooks) == 8


def test_a_new_secret_is_given_to_hooks_that_are_there(store: Store, receiver: Receiver) -> None:
    """The store never says a secret, so whether it has ours is remembered by its digest."""
    ensure_webhooks(store.ctx(webhook_url=receiver.url))
    for hook in store.shop.hooks.values():
        hook.secret = "the old one"
    ctx = store.ctx(webhook_url=receiver.url)
    assert ensure_webhooks(ctx) == [f"{topic}: given our secret" for topic in TOPICS]
    assert {hook.secret for hook in store.shop.hooks.values()} == {"test-webhook-secret"}
    stored = ctx.state.stored  # type: ignore[attr-defined]
    assert "test-webhook-secret" not in repr(stored)


def test_a_channel_without_a_public_address_needs_a_person(store: Store) -> None:
    with pytest.raises(NeedsHuman) as refused:
        ensure_webhooks(store.ctx())
    assert refused.value.cause == "settings:webhook_url"
