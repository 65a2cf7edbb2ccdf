"""The built-in connectors conform, and load as declared in pyproject.toml: they have no private door."""

import tomllib
from base64 import b64decode
from importlib import import_module
from importlib.metadata import EntryPoint
from json import loads
from pathlib import Path

import pytest

from omnisales_sdk import ENTRY_POINT_GROUP, Delivery, RawItem
from omnisales_sdk.testing.conformance import Samples, check_connector
from plugins.host import load_connectors

ROOT = Path(__file__).parents[3]
DECLARED: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][
    ENTRY_POINT_GROUP
]


def woocommerce() -> Samples:
    """A store's recorded webhooks, and the orders in them."""
    from connectors.woocommerce.settings import Settings

    recorded = [
        loads(path.read_text("utf-8"))["request"] for path in (ROOT / "tests/data/woocommerce/webhooks").glob("*.json")
    ]
    deliveries = [
        Delivery(
            body=b64decode(request["body_base64"]), headers={name.lower(): value for name, value in request["headers"]}
        )
        for request in recorded
    ]
    orders = [one.body for one in deliveries if one.headers.get("x-wc-webhook-resource") == "order"]
    assert len(orders) > 10
    return Samples(
        settings=Settings(store_url="https://shop.example"),
        orders=[RawItem(external_id=str(loads(body).get("id", 0)), body=body) for body in orders],
        deliveries=deliveries,
    )


SAMPLES = {"woocommerce": woocommerce}


@pytest.mark.spec("PLG-1")
def test_all_load() -> None:
    host = load_connectors(
        entry_points=[EntryPoint(name, value, ENTRY_POINT_GROUP) for name, value in DECLARED.items()], environ={}
    )

    assert host.failures() == []
    assert [one.key for one in host.connectors()] == sorted(DECLARED)


@pytest.mark.spec("PLG-2")
@pytest.mark.parametrize("name", DECLARED)
def test_each_conforms(name: str) -> None:
    samples = SAMPLES[name]() if name in SAMPLES else Samples()

    assert check_connector(import_module(DECLARED[name]), samples) == []
