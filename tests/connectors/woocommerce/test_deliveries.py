"""The sandbox's webhooks, against recorded ones and over real HTTP."""

import json
from datetime import timedelta
from time import monotonic
from typing import Any

import httpx
import pytest

from connectors.woocommerce import ensure_webhooks, fetch_order, parse_webhook, push_status
from connectors.woocommerce.client import call
from connectors.woocommerce.sandbox.deliveries import letter
from connectors.woocommerce.sandbox.shop import Hook
from omnisales_sdk import Delivery, Gone, Ignored, RawItem, StatusPush

from .recordings import exchange, webhook
from .replay import Player, differences
from .support import WEBHOOK_SECRET, Receiver, Store, signature


@pytest.fixture
def hooked(store: Store, receiver: Receiver) -> Store:
    """A store with our four hooks at the receiver."""
    ensure_webhooks(store.ctx(webhook_url=receiver.url))
    return store


def deliver(store: Store, **options: Any) -> dict[str, int]:
    outcome: dict[str, int] = store.control("deliver", options)
    return outcome


def orders_of(receiver: Receiver) -> list[int]:
    return [json.loads(body)["id"] for _, body in receiver.deliveries]


def hook(player: Player, number: int, topic: str) -> Hook:
    player.hook(number, topic, name=topic, path="hooks/woocommerce", created=player.at)
    player.shop.hooks[number].secret = "test-webhook-secret"
    return player.shop.hooks[number]


@pytest.mark.parametrize(
    ("recorded", "after", "topic", "order"),
    [
        (2, (8,), "order.created", 21),
        (4, (8,), "order.updated", 21),
        (5, (8, 9), "order.created", 22),
        (8, (8, 9, 10, 11, 12, 35, 36, 37, 38), "order.updated", 25),
        (9, (8, 9, 10, 51), "order.updated", 23),
        (12, (116,), "order.created", 41),
        (15, (), "order.created", 49),
        (16, (), "order.updated", 49),
        (11, (8,), "order.deleted", 33),
    ],
)
async def test_a_delivery_is_that_of_the_recorded_store(
    recorded: int, after: tuple[int, ...], topic: str, order: int
) -> None:
    player = Player()
    for number in after:
        await player.play(exchange(number))
    there = webhook(recorded)
    number = int(there.headers["x-wc-webhook-id"])
    player.shop.home = "https://shop.example"
    sent = letter(player.shop, hook(player, number, topic), order)
    if b"line_items" in there.body:
        assert differences(json.loads(there.body), json.loads(sent.body)) == []
    else:
        assert sent.body == there.body
    own = {"x-wc-webhook-signature", "x-wc-webhook-delivery-id"}
    headers = {name.lower(): value for name, value in sent.headers.items()}
    assert headers.keys() - own == {n for n in there.headers if n.startswith("x-wc-")} - own | {
        "user-agent",
        "content-type",
    }
    assert all(there.headers[name] == value for name, value in headers.items() if name not in own)
    assert headers["x-wc-webhook-signature"] == signature(sent.body)


def test_raw_bytes_escape_slashes_and_everything_beyond_ascii(hooked: Store, receiver: Receiver) -> None:
    hooked.place()
    deliver(hooked)
    _, body = receiver.deliveries[0]
    assert body.isascii()
    assert b"Can\\u0103" in body
    assert b"https:\\/\\/" in body or b"http:\\/\\/" in body


@pytest.mark.spec("SEC-3")
def test_deliveries_are_signed_and_read_as_the_order(hooked: Store, receiver: Receiver) -> None:
    (number,) = hooked.place()
    assert deliver(hooked) == {"delivered": 2, "failed": 0, "pending": 0}
    ctx = hooked.ctx()
    expected = fetch_order(ctx, str(number))
    for headers, body in receiver.deliveries:
        assert headers["x-wc-webhook-signature"] == signature(body, WEBHOOK_SECRET)
        assert parse_webhook(ctx, Delivery(body=body, headers=headers)) == [expected]


def test_the_checkout_sends_updated_before_created(hooked: Store, receiver: Receiver) -> None:
    hooked.place()
    deliver(hooked, parallel=1)
    assert receiver.topics == ["order.updated", "order.created"]


def test_four_writes_are_one_delivery_with_the_last_state(hooked: Store, receiver: Receiver) -> None:
    (number,) = hooked.place()
    deliver(hooked)
    receiver.requests.clear()
    for status in ("completed", "pending", "on-hold", "processing"):
        hooked.control(f"orders/{number}", {"status": status})
    deliver(hooked)
    (only,) = receiver.deliveries
    assert json.loads(only[1])["status"] == "processing"


def test_two_orders_of_one_hook_and_second_share_a_delivery_id(hooked: Store, receiver: Receiver) -> None:
    hooked.place(count=2)
    deliver(hooked, parallel=1)
    ids = {(h["x-wc-webhook-id"], h["x-wc-webhook-delivery-id"]) for h, _ in receiver.deliveries}
    assert len(receiver.deliveries) == 4
    assert len(ids) < 4


def test_our_own_push_comes_back(hooked: Store, receiver: Receiver) -> None:
    (number,) = hooked.place()
    deliver(hooked)
    receiver.requests.clear()
    ctx = hooked.ctx()
    pushed = push_status(ctx, StatusPush(external_id=str(number), status="completed", last_known="processing"))
    deliver(hooked)
    (echo,) = parse_webhook(ctx, Delivery(body=receiver.deliveries[0][1], headers=receiver.deliveries[0][0]))
    assert isinstance(echo, RawItem)
    assert echo.version == getattr(pushed, "version", None)


def test_the_bin_is_told_and_force_is_not(hooked: Store, receiver: Receiver) -> None:
    binned, forced = hooked.place(count=2)
    deliver(hooked)
    receiver.requests.clear()
    hooked.control(f"orders/{binned}", method="DELETE")
    hooked.control(f"orders/{forced}?force=true", method="DELETE")
    deliver(hooked)
    ((headers, body),) = receiver.deliveries
    assert body == f'{{"id":{binned}}}'.encode()
    assert isinstance(parse_webhook(hooked.ctx(), Delivery(body=body, headers=headers))[0], Gone)


def test_an_order_out_of_the_bin_is_told_as_restored(hooked: Store, receiver: Receiver) -> None:
    (number,) = hooked.place()
    hooked.control(f"orders/{number}", method="DELETE")
    deliver(hooked)
    receiver.requests.clear()
    hooked.control(f"orders/{number}/restore")
    deliver(hooked)
    ((headers, body),) = receiver.deliveries
    assert headers["x-wc-webhook-topic"] == "order.restored"
    assert json.loads(body)["status"] == "processing"


def test_a_status_written_to_a_binned_order_revives_it_and_tells_nobody(hooked: Store, receiver: Receiver) -> None:
    (number,) = hooked.place()
    hooked.control(f"orders/{number}", method="DELETE")
    deliver(hooked)
    receiver.requests.clear()
    call(hooked.ctx(), "POST", f"orders/{number}", json={"status": "cancelled"})
    assert deliver(hooked) == {"delivered": 0, "failed": 0, "pending": 0}
    assert hooked.state()["orders"][str(number)]["status"] == "cancelled"


def test_an_order_deleted_before_the_delivery_is_an_error_object_signed_as_usual(
    hooked: Store, receiver: Receiver
) -> None:
    (number,) = hooked.place()
    hooked.control(f"orders/{number}?force=true", method="DELETE")
    deliver(hooked)
    headers, body = receiver.deliveries[0]
    assert body == webhook(15).body
    assert headers["x-wc-webhook-signature"] == signature(body)
    (found,) = parse_webhook(hooked.ctx(), Delivery(body=body, headers=headers))
    assert isinstance(found, Ignored)
    assert found.error


def test_nothing_is_ever_sent_again_and_seven_failures_switch_a_hook_off(hooked: Store, receiver: Receiver) -> None:
    hooked.shop.hooks.pop(1)
    receiver.answers = 500
    numbers = hooked.place(count=8)
    assert deliver(hooked, parallel=1) == {"delivered": 0, "failed": 7, "pending": 0}
    assert orders_of(receiver) == numbers[:7]
    assert hooked.shop.hooks[2].status == "disabled"
    receiver.answers = 200
    assert deliver(hooked)["delivered"] == 0


def test_a_hook_switched_on_again_has_one_failure_left(hooked: Store, receiver: Receiver) -> None:
    hooked.shop.hooks.pop(1)
    receiver.answers = 500
    hooked.place(count=7)
    deliver(hooked, parallel=1)
    assert ensure_webhooks(hooked.ctx(webhook_url=receiver.url)) != []
    hooked.place()
    deliver(hooked)
    assert hooked.shop.hooks[2].status == "disabled"


def test_a_ping_is_repeated_with_each_delivery_until_it_is_answered_with_200(store: Store, receiver: Receiver) -> None:
    receiver.answers = 202
    ensure_webhooks(store.ctx(webhook_url=receiver.url))
    receiver.requests.clear()
    store.place()
    deliver(store)
    assert sorted(receiver.pings) == [b"webhook_id=1", b"webhook_id=2"]
    receiver.answers = 200
    store.place()
    deliver(store)
    store.place()
    deliver(store)
    assert sorted(receiver.pings) == [b"webhook_id=1", b"webhook_id=1", b"webhook_id=2", b"webhook_id=2"]


def test_a_draft_that_a_refused_order_left_behind_is_sent_too(hooked: Store, receiver: Receiver) -> None:
    body = {"order": {"line_items": [{"product_id": 11}], "coupon_lines": [{"code": "NUEXISTA"}]}}
    assert httpx.post(f"{hooked.url}/_sandbox/orders", json=body).status_code == 400
    deliver(hooked)
    assert {json.loads(body)["status"] for _, body in receiver.deliveries} == {"checkout-draft"}


def test_the_network_may_double_and_shuffle(hooked: Store, receiver: Receiver) -> None:
    numbers = hooked.place(count=6)
    assert deliver(hooked, doubled=True, shuffled=True, seed=7)["delivered"] == 24
    seen = orders_of(receiver)
    assert {number: seen.count(number) for number in numbers} == dict.fromkeys(numbers, 4)
    assert seen != sorted(seen)


def test_part_of_what_waits_may_be_sent(hooked: Store, receiver: Receiver) -> None:
    hooked.place(count=3)
    assert deliver(hooked, limit=2) == {"delivered": 2, "failed": 0, "pending": 4}


def test_a_receiver_that_is_away_is_a_failure(hooked: Store) -> None:
    for each in hooked.shop.hooks.values():
        each.url = "http://127.0.0.1:9/nobody"
    hooked.place()
    assert deliver(hooked) == {"delivered": 0, "failed": 2, "pending": 0}


def test_five_hundred_orders_are_placed_delivered_and_listed_in_seconds(hooked: Store, receiver: Receiver) -> None:
    begun = monotonic()
    numbers = hooked.place(count=500)
    assert deliver(hooked, shuffled=True, parallel=8) == {"delivered": 1000, "failed": 0, "pending": 0}
    assert set(orders_of(receiver)) == set(numbers)
    assert timedelta(seconds=monotonic() - begun) < timedelta(seconds=60)
