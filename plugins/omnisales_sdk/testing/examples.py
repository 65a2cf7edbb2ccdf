"""Made-up values for conformance checks: settings by their JSON Schema, and one of each argument of the hooks."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from omnisales_sdk.manifest import Manifest
from omnisales_sdk.sales import StatusPush
from omnisales_sdk.shipping import Parcel, Party, ShipmentRef, ShipmentRequest

from .finding import Samples

M = TypeVar("M", bound=BaseModel)

_TEXTS = {
    "uri": "https://example.test",
    "email": "someone@example.test",
    "date-time": "2026-05-01T12:00:00Z",
    "date": "2026-05-01",
    "uuid": "018f0000-0000-7000-8000-000000000000",
}


def example_of(model: type[M]) -> M:
    """An instance with made-up values in its required fields. Raises `ValueError` where the schema does not suffice."""
    schema = model.model_json_schema()
    return model.model_validate(_value(schema, schema.get("$defs", {})))


def _value(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(shared[schema["$ref"].rpartition("/")[2]], shared)
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _value(schema[word][0], shared)
    return _BY_TYPE[schema.get("type", "null")](schema, shared)


def _text(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    text = _TEXTS.get(schema.get("format", ""), "example")
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


def _number(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)


def _object(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(schema["properties"][name], shared) for name in schema.get("required", ())}


_BY_TYPE: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Any]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda schema, shared: False,
    "array": lambda schema, shared: [_value(schema["items"], shared)] * schema.get("minItems", 0),
    "object": _object,
    "null": lambda schema, shared: None,
}


def example_arguments(manifest: Manifest, samples: Samples) -> dict[str, Any]:
    """A value for each argument that a hook can have, but `ctx`, `item` and `delivery`."""
    words = manifest.vocabulary
    home = Party(
        name="Ion Popescu",
        contact="Ion Popescu",
        phone="0722000000",
        street="Strada Lungă 1",
        city="Brașov",
        county="BV",
        postcode="500035",
        country="RO",
        email="ion@example.test",
    )
    parcel = Parcel(
        number=1, length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10), weight_kg=Decimal("1.5")
    )
    request = samples.request or ShipmentRequest(
        key="conformance-1", reference="ORD-1", recipient=home, sender=home, parcels=(parcel,), awb="1000001"
    )
    shipment = samples.shipment or ShipmentRef(key="conformance-1", awb="1000001")
    return {
        "cursor": None,
        "external_id": "1",
        "push": StatusPush(
            external_id="1", status=next(iter(words.statuses_out.values()), "completed"), last_known=None
        ),
        "since": "2026-05-01T00:00:00Z",
        "until": "2026-05-02T00:00:00Z",
        "request": request,
        "key": request.key,
        "shipment": shipment,
        "shipments": (shipment,),
        "format": words.label_formats[0].key if words.label_formats else "A4",
    }
