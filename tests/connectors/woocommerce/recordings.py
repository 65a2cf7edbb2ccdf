"""The recorded traffic of a real store, read from tests/data/woocommerce."""

import json
from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from omnisales_sdk import Delivery, RawItem

DATA = Path(__file__).parents[2] / "data" / "woocommerce"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer. `body` is None where the answer was no JSON."""

    number: int
    name: str
    request: dict[str, Any]
    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One delivery as it was received: headers in lower case, the exact bytes, the hook's secret."""

    name: str
    headers: dict[str, str]
    body: bytes
    secret: str

    @property
    def delivery(self) -> Delivery:
        return Delivery(body=self.body, headers=self.headers)


@cache
def exchanges() -> tuple[Exchange, ...]:
    return tuple(_exchange(path) for path in sorted((DATA / "exchanges").glob("*.json")))


@cache
def exchange(number: int) -> Exchange:
    return next(found for found in exchanges() if found.number == number)


@cache
def webhooks() -> tuple[Webhook, ...]:
    return tuple(_webhook(path) for path in sorted((DATA / "webhooks").glob("*.json")))


def webhook(number: int) -> Webhook:
    return webhooks()[number - 1]


def orders() -> dict[str, dict[str, Any]]:
    """Every order in any answer or delivery, by where it was found: exchange "010", "017[0]", webhook "W02"."""
    found: dict[str, dict[str, Any]] = {}
    for each in exchanges():
        rows = each.body if isinstance(each.body, list) else [each.body]
        rows = rows + [row for body in rows if isinstance(body, dict) for row in body.get("update", [])]
        for place, row in enumerate(rows):
            if isinstance(row, dict) and "order_key" in row and "line_items" in row:
                found[f"{each.number:03}" + (f"[{place}]" if len(rows) > 1 else "")] = row
    for each_hook in webhooks():
        if b'"order_key"' in each_hook.body:
            found[f"W{each_hook.name}"] = json.loads(each_hook.body)
    return found


def raw(order: dict[str, Any]) -> RawItem:
    return RawItem(external_id=str(order["id"]), body=json.dumps(order).encode(), version=order["date_modified_gmt"])


def _exchange(path: Path) -> Exchange:
    data = json.loads(path.read_text("utf-8"))
    answer = data["response"]
    return Exchange(
        number=int(path.name[:3]),
        name=path.stem[4:],
        request=data["request"],
        status=answer["status"],
        headers={name.lower(): value for name, value in answer["headers"]},
        body=answer.get("body"),
    )


def _webhook(path: Path) -> Webhook:
    data = json.loads(path.read_text("utf-8"))
    return Webhook(
        name=path.stem,
        headers={name.lower(): value for name, value in data["request"]["headers"]},
        body=b64decode(data["request"]["body_base64"]),
        secret=data["secret"],
    )
