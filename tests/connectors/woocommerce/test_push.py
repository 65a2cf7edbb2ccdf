"""Statuses and tracking out, against the sandbox over real HTTP."""

import json

import httpx
import pytest

from connectors.woocommerce import push_status
from connectors.woocommerce.settings import Ctx
from omnisales_sdk import Conflict, NeedsHuman, Pushed, StatusPush, Tracking, TryLater
from omnisales_sdk.testing.sandbox import Fault

from .recordings import exchange
from .support import Store, answering

FAN = Tracking(courier="FAN Courier", awb="2150900120001", url="https://track.example/2150900120001")


def push(number: int, status: str, last_known: str | None = "processing", *tracking: Tracking) -> StatusPush:
    return StatusPush(external_id=str(number), status=status, last_known=last_known, tracking=tracking)


def counted(store: Store, number: int) -> tuple[int, int]:
    order = store.state()["orders"][str(number)]
    return order["writes"], order["status_changes"]


@pytest.mark.spec("SYN-5")
def test_a_status_and_its_tracking_are_one_write(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    pushed = push_status(ctx, push(number, "completed", "processing", FAN))
    order = store.state()["orders"][str(number)]
    assert isinstance(pushed, Pushed)
    assert (pushed.status, pushed.changed) == ("completed", True)
    assert pushed.version == order["modified"].removesuffix("+00:00")
    assert order["status"] == "completed"
    assert order["meta"]["_tracking_number"] == FAN.awb
    assert order["meta"]["_tracking_url"] == FAN.url
    assert order["meta"]["_tracking_provider"] == FAN.courier
    assert counted(store, number) == (1, 1)


@pytest.mark.spec("SYN-5")
def test_what_is_already_so_is_not_written(store: Store, ctx: Ctx) -> None:
    """The same status again would move date_modified, mail nobody, and come back to us as news."""
    (number,) = store.place()
    wanted = push(number, "completed", "processing", FAN)
    first = push_status(ctx, wanted)
    for _ in range(3):
        again = push_status(ctx, wanted)
        assert isinstance(first, Pushed)
        assert again == Pushed(status="completed", version=first.version, changed=False)
    assert counted(store, number) == (1, 1)


def test_tracking_that_came_later_is_written_alone(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    push_status(ctx, push(number, "processing", "processing", FAN))
    assert counted(store, number) == (1, 0)
    assert store.shop.writes[number][0]["fields"] == ["meta_data"]


def test_another_awb_takes_the_place_of_the_first(store: Store, ctx: Ctx) -> None:
    """An entry that is there is named by its id: older versions add a second one for a key without it."""
    (number,) = store.place()
    push_status(ctx, push(number, "processing", "processing", FAN))
    push_status(ctx, push(number, "processing", "processing", Tracking(courier="FAN Courier", awb="999")))
    numbers = [entry for entry in store.shop.orders[number]["meta_data"] if entry["key"] == "_tracking_number"]
    assert [entry["value"] for entry in numbers] == ["999"]


def test_several_parcels_are_told_together(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    parcels = (FAN, Tracking(courier="FAN Courier", awb="777"))
    push_status(ctx, push(number, "processing", "processing", *parcels))
    meta = store.state()["orders"][str(number)]["meta"]
    assert meta["_tracking_number"] == f"{FAN.awb}, 777"
    assert meta["_tracking_provider"] == "FAN Courier"


def test_only_status_and_meta_data_are_ever_sent_and_by_post() -> None:
    """An address or a line would make the store recalculate; PUT is blocked by some hosts; the batch route checks no
    statuses."""
    seen: list[tuple[str, str, object]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, json.loads(request.content or b"null")))
        answer = exchange(35).body if request.method == "POST" else exchange(8).body
        return httpx.Response(200, json={**answer, "id": 21})

    push_status(answering(handler), push(21, "completed"))
    assert seen == [
        ("GET", "/wp-json/wc/v3/orders/21", None),
        ("POST", "/wp-json/wc/v3/orders/21", {"status": "completed"}),
    ]


@pytest.mark.spec("SYN-5")
def test_an_order_that_the_store_moved_meanwhile_is_not_overwritten(store: Store, ctx: Ctx) -> None:
    """WooCommerce takes any move with 200: the guard is ours."""
    (number,) = store.place()
    store.control(f"orders/{number}", {"status": "cancelled"})
    answer = push_status(ctx, push(number, "completed", "processing"))
    assert isinstance(answer, Conflict)
    assert (answer.status, counted(store, number)) == ("cancelled", (0, 0))


def test_an_order_never_seen_before_is_moved_from_wherever_it_is(store: Store, ctx: Ctx) -> None:
    (number,) = store.place("registered-bacs")
    answer = push_status(ctx, push(number, "processing", None))
    assert isinstance(answer, Pushed)
    assert store.state()["orders"][str(number)]["status"] == "processing"


@pytest.mark.parametrize("last_known", ["processing", "trash", None])
def test_an_order_in_the_bin_is_not_silently_revived(store: Store, ctx: Ctx, last_known: str | None) -> None:
    (number,) = store.place()
    store.control(f"orders/{number}", method="DELETE")
    answer = push_status(ctx, push(number, "completed", last_known))
    assert isinstance(answer, Conflict)
    assert (answer.status, counted(store, number)) == ("trash", (0, 0))


def test_an_order_deleted_for_good_is_a_conflict(store: Store, ctx: Ctx) -> None:
    answer = push_status(ctx, push(999_999, "completed"))
    assert isinstance(answer, Conflict)
    assert (answer.status, answer.version) == ("deleted", None)


def test_an_order_deleted_between_reading_and_writing_is_told_by_its_code() -> None:
    """A write says 400 where a read says 404; the code is the same."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=exchange(8).body)
        return httpx.Response(400, json=exchange(41).body)

    answer = push_status(answering(handler), push(21, "completed"))
    assert isinstance(answer, Conflict)
    assert answer.status == "deleted"


@pytest.mark.parametrize("status", ["shipped", "wc-completed"])
def test_a_status_that_the_store_does_not_have_needs_a_mapping(store: Store, ctx: Ctx, status: str) -> None:
    (number,) = store.place()
    with pytest.raises(NeedsHuman) as refused:
        push_status(ctx, push(number, status))
    assert refused.value.cause == f"status:{status}"
    assert store.state()["orders"][str(number)]["status"] == "processing"


def test_a_store_that_answers_another_status_than_was_written_is_a_conflict() -> None:
    """The answer is read: a plugin of the store may move the order on by itself."""

    def handler(request: httpx.Request) -> httpx.Response:
        status = "processing" if request.method == "GET" else "on-hold"
        return httpx.Response(200, json={**exchange(8).body, "status": status})

    answer = push_status(answering(handler), push(21, "completed"))
    assert isinstance(answer, Conflict)
    assert answer.status == "on-hold"


@pytest.mark.spec("SYN-5")
@pytest.mark.parametrize("kind", ["lost_answer", "error_after_act"])
def test_a_push_whose_answer_is_lost_is_done_once_in_effect(store: Store, kind: str) -> None:
    ctx = store.ctx(timeout=1.0)
    (number,) = store.place()
    wanted = push(number, "completed", "processing", FAN)
    store.faults.add(Fault(kind=kind, match="POST /wp-json/wc/v3/orders"))  # type: ignore[arg-type]
    with pytest.raises(TryLater):
        push_status(ctx, wanted)
    again = push_status(ctx, wanted)
    assert isinstance(again, Pushed)
    assert (again.status, again.changed) == ("completed", False)
    assert counted(store, number) == (1, 1)


def test_a_push_that_never_arrived_is_made_again(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    store.faults.add(Fault(kind="drop", match="POST /wp-json/wc/v3/orders"))
    with pytest.raises(TryLater):
        push_status(ctx, push(number, "completed"))
    assert counted(store, number) == (0, 0)
    assert isinstance(push_status(ctx, push(number, "completed")), Pushed)
    assert counted(store, number) == (1, 1)
