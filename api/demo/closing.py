"""The last scene: what became of the day, and the proof that nothing was lost."""

import json
import os
import subprocess
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from rich.columns import Columns
from rich.table import Table

from .expectation import Unmet, expect
from .scenery import Scenery
from .stage import Stage, as_command

Facts = dict[str, Any]

_OUTCOMES = ("imported", "duplicate", "superseded", "waiting", "ignored", "refused", "in_progress")


def closing(play: Scenery, began: datetime) -> Facts:
    """Shows and returns the facts. Raises Unmet when the audit's sums leave something over, or a push was doubled."""
    play.tell.scene("What became of the day")
    audit = _audit(play.stage, began)
    store = play.store.state()["orders"]
    facts: Facts = {
        "orders": play.counts(),
        "diary": _diary(play),
        "awbs": _awbs(play),
        "store": dict(sorted(Counter(order["status"] for order in store.values()).items())),
        "status_pushes": sum(order["status_changes"] for order in store.values()),
        "audit": audit,
    }
    expect("AWBs at Innoship for one parcel", _most_for_one(play), 1)
    expect("orders whose status we wrote twice", [n for n, one in store.items() if one["status_changes"] > 1], [])
    expect("the audit's sums", audit["balanced"], True)
    _show(play, facts)
    return facts


def _audit(stage: Stage, began: datetime) -> Facts:
    """`omnisales audit import`, as an operator runs it."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(  # noqa: S603 - our own program
        as_command(["audit", "import", "--from", began.isoformat(), "--json"]),
        env=environment | {"OMNISALES_HOME": str(stage.home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode not in (0, 1):
        raise Unmet(f"omnisales audit ended with exit code {done.returncode}: {done.stderr.strip()}")
    found: Facts = json.loads(done.stdout)
    return found


def _diary(play: Scenery) -> dict[str, dict[str, int]]:
    """Entries by cause and state. Causes that name an order of the store are counted by their kind."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    ids = set(play.placed.values())
    for entry in play.diary():
        kind, _, rest = entry["cause"].partition(":")
        found[kind if rest in ids else entry["cause"]][entry["state"]] += 1
    return {cause: dict(sorted(states.items())) for cause, states in sorted(found.items())}


def _awbs(play: Scenery) -> list[dict[str, str]]:
    shipped = [play.order(name) for name in play.placed]
    return [
        {"order": order["number"], "courier": one["courier"], "awb": one["awb"], "status": one["status"]}
        for order in shipped
        if order is not None
        for one in order["shipments"]
    ]


def _most_for_one(play: Scenery) -> int:
    return max(len(awbs) for awbs in play.innoship.state()["orders_by_external_id"].values())


def _show(play: Scenery, facts: Facts) -> None:
    orders = _counted("Orders", "status", facts["orders"])
    store = _counted("What the store says", "status", facts["store"])
    diary = Table("cause", "entries", title="Diary", title_justify="left")
    for cause, states in facts["diary"].items():
        diary.add_row(cause, ", ".join(f"{count} {state}" for state, count in states.items()))
    awbs = Table("order", "courier", "AWB", "status", title="AWBs", title_justify="left")
    for one in facts["awbs"]:
        awbs.add_row(one["order"], one["courier"], one["awb"], one["status"])
    play.tell.show(Columns([orders, store, diary, awbs]))
    items = facts["audit"]["items"]
    parts = " + ".join(f"{items[name]} {name.replace('_', ' ')}" for name in _OUTCOMES if items[name])
    play.tell.did(f"audit: {items['received']} items received = {parts}; nothing is left over")


def _counted(title: str, what: str, counts: dict[str, int]) -> Table:
    table = Table(what, "orders", title=title, title_justify="left")
    for name, count in counts.items():
        table.add_row(name, str(count))
    return table
