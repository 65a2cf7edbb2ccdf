"""The second scene: buyers order all day, and the orders come in by every way there is, some of them twice."""

from collections import Counter

from .expectation import expect, until
from .plan import Placement, waiting_causes
from .scenery import Scenery

_LOST = 6
"""Less than the seven failures in a row for which a store would switch our webhooks off."""

_DRAFT = {"template": "checkout", "changes": {"status": "checkout-draft"}}
_CHANGED_MIND = "radu-shirt"
_PAID_LATER = "irina-transfer"
_BINNED = "vlad-mugs"


def trade(play: Scenery) -> None:
    play.tell.scene("The day: buyers order in the store")
    _by_webhook(play)
    _by_poll(play)
    _with_noise(play)
    _changed_in_the_store(play)


def _by_webhook(play: Scenery) -> None:
    play.place(play.plan.part("morning"))
    sent = play.store.deliver(doubled=True, shuffled=True, seed=1)
    expect("webhooks that were not taken", sent["failed"], 0)
    arrived = _until_in(play, play.plan.part("morning"))
    play.tell.did(f"morning: {sent['delivered']} signed webhooks, each twice and shuffled, became {arrived}")


def _by_poll(play: Scenery) -> None:
    placements = play.plan.part("noon")
    play.place(placements)
    play.stage.kill_api()
    lost = play.store.deliver(limit=_LOST)
    expect("webhooks that met a closed door", lost["failed"], _LOST)
    with play.tell.waiting("the API starts again"):
        until("the API is there again", play.stage.api_is_ready, bool)
    play.tell.did(f"noon: the API was killed; {_LOST} webhooks met a closed door, and a store never repeats one")
    play.api.ask("Sync", id=play.channel_id)
    arrived = _until_in(play, [*play.plan.part("morning"), *placements])
    play.tell.did(f"it runs again, and a poll found all {len(placements)} orders: {arrived} so far")
    sent = play.store.deliver(shuffled=True, seed=2)
    expect("webhooks that were not taken", sent["failed"], 0)
    play.tell.did(f"{sent['delivered']} late webhooks told nothing new, and changed nothing")


def _with_noise(play: Scenery) -> None:
    play.place(play.plan.part("afternoon"))
    for _ in range(2):
        play.store.place(_DRAFT)
    erased = play.store.place({"template": "guest-cod"})
    play.store.erase(erased)
    sent = play.store.deliver(doubled=True, shuffled=True, seed=3)
    expect("webhooks that were not taken", sent["failed"], 0)
    arrived = _until_in(play, list(play.plan.placements))
    play.tell.did(
        f"afternoon: {sent['delivered']} more, with drafts and an order erased meanwhile among them: {arrived}"
    )


def _changed_in_the_store(play: Scenery) -> None:
    play.store.change(play.placed[_PAID_LATER], {"status": "processing", "set_paid": True})
    play.store.change(play.placed[_CHANGED_MIND], {"status": "cancelled"})
    play.store.bin(play.placed[_BINNED])
    play.store.deliver(shuffled=True, seed=4)
    paid = play.until_status(_PAID_LATER, "PAID")
    play.tell.did(f"a bank transfer came in at the store: order {paid['number']} is paid")
    gone = play.until_status(_CHANGED_MIND, "CANCELLED")
    play.tell.did(f"a buyer changed his mind in the store: order {gone['number']} is cancelled")
    cause = f"gone:{play.placed[_BINNED]}"
    until("the binned order is in the diary", lambda: _open(play), lambda causes: cause in causes)
    play.store.restore(play.placed[_BINNED])
    play.store.deliver()
    until("the restored order leaves the diary", lambda: _open(play), lambda causes: cause not in causes)
    play.tell.did("an order was binned in the store and taken out again; ours stayed, and the diary told of it")


def _open(play: Scenery) -> set[str]:
    return {entry["cause"] for entry in play.diary(state=["OPEN"])}


def _until_in(play: Scenery, placements: list[Placement]) -> str:
    """Waits until each of these is an order of ours or waits under exactly its causes."""
    wanted = Counter(one.arrives_as for one in placements if not one.waits_for)
    with play.tell.waiting("orders are coming in"):
        play.until_counts("each order is in, once", wanted)
        causes = waiting_causes(placements)
        until("the others wait under their causes", play.waiting, lambda seen: set(seen) == set(causes))
    waiting = sum(bool(one.waits_for) for one in placements)
    return f"{wanted.total()} orders, and {waiting} that wait"
