"""The tables of docs/rights.md, from the schema and the presets: `python -m tests.docs.rights` writes them anew."""

import re
from collections.abc import Iterator

from api.graphql.fields import Rows
from domain.access.presets import PRESETS
from domain.kernel.actor import Permission
from domain.orders.status import TABLE
from tests.api.graphql.walk.documents import guarded_below, roots

from .markdown import DOCS, text_of

GUIDE = "rights.md"
_TABLES = re.compile(r"(?<=<!-- tables -->\n).*(?=<!-- end of tables -->)", re.DOTALL)
_DOORS = {
    Permission.ORDERS_VIEW: "`GET /labels/…`",
    Permission.CATALOG_VIEW: "`GET /exports/products.csv`",
    Permission.CATALOG_EDIT: "`POST /imports/products.csv`",
}


def tables() -> str:
    """What stands between the marks."""
    return "\n".join([*_opened(), *_held(), *_limited()])


def told() -> str:
    """What the guide has there now."""
    found = _TABLES.search(text_of(GUIDE))
    assert found is not None, f"{GUIDE} has lost its marks"
    return found.group()


def opens(permission: Permission) -> list[str]:
    """The root fields, fields below, addresses and moves of orders that need it."""
    below = [field for field, needed, _ in guarded_below() if needed is permission]
    doors = [_DOORS[permission]] if permission in _DOORS else []
    return [f"`{root.name}`" for root in roots() if root.notes.permission is permission] + [
        *(f"`{field}`" for field in below),
        *doors,
        *([f"moving an order to {', '.join(moves)}"] if (moves := _moves(permission)) else []),
    ]


def _moves(permission: Permission) -> list[str]:
    """The statuses that it leads to, where orders.edit is not enough."""
    if permission is Permission.ORDERS_EDIT:
        return []
    needing = {to for row in TABLE.values() for to, move in row.items() if move.permission is permission}
    return [f"`{to.name}`" for to in sorted(needing)]


def _opened() -> Iterator[str]:
    yield "## What each permission opens\n\n| permission | opens |\n|---|---|"
    for permission in Permission:
        yield f"| `{permission}` | {', '.join(opens(permission))} |"


def _held() -> Iterator[str]:
    yield "\n## Which role has which\n"
    yield f"| permission | {' | '.join(preset.title for preset in PRESETS.values())} |"
    yield "|---" * (len(PRESETS) + 1) + "|"
    for permission in Permission:
        marks = ("yes" if permission in preset.permissions else "" for preset in PRESETS.values())
        yield f"| `{permission}` | {' | '.join(marks)} |"


def _limited() -> Iterator[str]:
    yield "\n## For callers with a limited view\n"
    yield "Who sees only their own orders, or only some channels, may use these fields, and no other.\n"
    yield "| field | shows |\n|---|---|"
    words = {
        Rows.SCOPED: "what is in view",
        Rows.CHANNELS: "the channels in view, and what they may be given; refused to who sees only their own orders",
        Rows.NONE: "nothing of orders, channels or customers",
    }
    for rows, shows in words.items():
        names = ", ".join(f"`{root.name}`" for root in roots() if root.notes.rows is rows)
        yield f"| {names} | {shows} |"
    yield ""


if __name__ == "__main__":
    text = _TABLES.sub(lambda _: tables(), text_of(GUIDE))
    (DOCS / GUIDE).write_text(text, "utf-8")
