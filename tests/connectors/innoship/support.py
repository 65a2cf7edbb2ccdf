"""What the tests of the Innoship connector are made of."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.innoship.sandbox import API_KEY, LOCATION
from connectors.innoship.sandbox.book import Book
from connectors.innoship.settings import Credentials, Ctx, Settings
from omnisales_sdk import HttpClient, Parcel, Party, ShipmentRequest
from omnisales_sdk.testing.context import make_context
from omnisales_sdk.testing.sandbox import Faults

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def sample(name: str) -> Any:
    return json.loads((DATA / "innoship" / name).read_text("utf-8"))


@dataclass
class Sandbox:
    """A running sandbox, seen from outside (`url`) and from inside."""

    url: str
    faults: Faults
    book: Book

    def control(self, verb: str, body: dict[str, Any]) -> Any:
        client = HttpClient(timeout=5)
        try:
            answer = client.send("POST", f"{self.url}/_sandbox/{verb}", json=body)
            assert answer.status == 200, answer.text
            return answer.json()
        finally:
            client.close()

    def state(self) -> Any:
        client = HttpClient(timeout=5)
        try:
            return client.send("GET", f"{self.url}/_sandbox/state").json()
        finally:
            client.close()

    def awbs(self, key: str) -> list[str]:
        return list(self.state()["orders_by_external_id"].get(key, []))


def context(
    url: str = "http://127.0.0.1:9",
    *,
    api_key: str = API_KEY,
    transport: Any = None,
    timeout: float = 5.0,
    query_url: str | None = None,
    **settings: Any,
) -> Ctx:
    return make_context(
        Settings(
            **{"api_url": url, "query_url": query_url or url, "external_client_location": LOCATION, **settings},
        ),
        Credentials(api_key=api_key),
        transport=transport,
        timeout=timeout,
        now=lambda: NOW,
    )


def recipient(**changes: Any) -> Party:
    values: dict[str, Any] = {
        "name": "Ion Pop",
        "contact": "Ion Pop",
        "phone": "+40700000000",
        "street": "Str. Lungă 10",
        "city": "București",
        "county": "București",
        "postcode": "010101",
        "country": "RO",
        "email": "ion@example.com",
    }
    return Party(**{**values, **changes})


def parcel(number: int = 1, size: str = "30x20x10", weight: str = "1.5", contents: str = "T-shirt") -> Parcel:
    length, width, height = map(Decimal, size.split("x"))
    return Parcel(
        number=number,
        length_cm=length,
        width_cm=width,
        height_cm=height,
        weight_kg=Decimal(weight),
        contents=contents,
    )


def request(key: str = "OMS-1", **changes: Any) -> ShipmentRequest:
    values: dict[str, Any] = {"key": key, "reference": "1001", "recipient": recipient(), "parcels": (parcel(),)}
    return ShipmentRequest(**{**values, **changes})
