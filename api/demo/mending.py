"""The third scene: the diary says what waits and why; each cause is mended once, and what waited comes in by itself."""

from collections import Counter

from rich.table import Table

from .opening import receive
from .scenery import CHANNEL, Scenery

_CARD, _LISTING = "payment_method:card", "variant:15"


def mending(play: Scenery) -> None:
    play.tell.scene("Evening: the diary, and what was missing")
    _show(play)
    arrived = Counter(one.arrives_as for one in play.plan.placements if not one.waits_for)
    arrived.subtract(["PENDING_PAYMENT", "PROCESSING"])  # one was paid since, one cancelled
    arrived.update(["PAID", "CANCELLED"])
    mended: set[str] = set()
    receive(play, play.plan.missing_goods)
    _comes_in(play, arrived, mended, "sku:CARTE-01")
    play.api.ask("LinkListing", input={"channel": CHANNEL, "externalVariantId": "15", "sku": "FELICITARE"})
    _comes_in(play, arrived, mended, _LISTING)
    play.api.ask("MapWord", input={"channel": CHANNEL, "kind": "PAYMENT_METHOD", "source": "card", "target": "prepaid"})
    _comes_in(play, arrived, mended, _CARD)


def _show(play: Scenery) -> None:
    table = Table("cause", "orders", "what it means", "what to do", title="Waiting", title_justify="left")
    seen: dict[str, dict[str, str]] = {}
    orders: Counter[str] = Counter()
    known: set[tuple[str, str]] = set()
    for entry in play.diary(state=["WAITING"]):
        seen[entry["cause"]] = entry
        if (entry["cause"], entry["externalId"]) not in known:
            known.add((entry["cause"], entry["externalId"]))
            orders[entry["cause"]] += 1
    for cause, entry in sorted(seen.items()):
        table.add_row(cause, str(orders[cause]), entry["message"], entry["remedy"])
    play.tell.show(table)


def _comes_in(play: Scenery, arrived: Counter[str], mended: set[str], cause: str) -> None:
    """Waits until exactly those came in for which this was the last thing missing."""
    released = [
        one for one in play.plan.placements if cause in one.waits_for and set(one.waits_for) <= mended | {cause}
    ]
    mended.add(cause)
    arrived.update(one.arrives_as for one in released)
    with play.tell.waiting("what waited is imported"):
        play.until_counts(f"what waited for {cause} is imported", arrived)
    left = sum(not set(one.waits_for) <= mended for one in play.plan.placements)
    play.tell.did(f"{cause} is there: {len(released)} orders came in by themselves; {left} still wait")
