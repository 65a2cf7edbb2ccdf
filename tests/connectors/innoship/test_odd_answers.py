"""Whatever Innoship answers, a hook ends in a value or in one of the three signals: all else would be our bug."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import innoship
from omnisales_sdk import ConnectorSignal, Created, Label, Refused, ShipmentRef, Voided

from .support import context, request

ODD: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-2, 200) | st.floats() | st.text(max_size=3) | st.just([1]) | st.just({})
)
RATE = ("carrierId", "carrier", "serviceId", "optionId", "rateTotalAmount", "rateAmount", "calculatedDeliveryDate")
SCAN = ("clientStatusId", "clientStatusDescription", "eventDate", "isFinalStatus", "localityName")
ITEM = ("shipmentAwb", "externalOrderId", "courier", "orderId", "trackUrl", "currentStatusId", "returnAwb")
ORDER = ("courierShipmentId", "clientOrderId", "courier", "price", "trackPageUrl", "errors", "correlationId", "rates")
LABEL = ("contents", "labels")
PDF = b64encode(b"%PDF-1.4").decode()


def with_fields(names: tuple[str, ...], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return ODD | st.fixed_dictionaries({}, optional={**dict.fromkeys(names, ODD), **known})


DATES = ODD | st.datetimes().map(str) | st.just("9999-12-31T23:59:59-12:00")
SCANS = ODD | st.lists(with_fields(SCAN, eventDate=DATES), max_size=3)
ITEMS = st.lists(with_fields(ITEM, history=SCANS), max_size=3)
RATES = ODD | st.lists(with_fields(RATE), max_size=3)
BODY = st.one_of(
    ITEMS,
    with_fields(ORDER, rates=RATES),
    with_fields(LABEL, contents=ODD | st.just(PDF), labels=ODD | st.just([PDF])),
)
ANSWERS = st.builds(
    lambda status, body, raw: (status, raw, body),
    st.sampled_from([200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 422, 429, 500, 503]),
    BODY,
    st.none() | st.sampled_from([b"", b"<html>", b"%PDF-1.4", b"\xff\xfe"]),
)
SHIPMENT = ShipmentRef(key="OMS-1", awb="1", refs={"courier_id": "1"})


@settings(max_examples=200, deadline=None)
@given(ANSWERS)
def test_every_answer_ends_in_a_value_or_a_signal(answer: tuple[int, bytes | None, Any]) -> None:
    status, raw, body = answer

    def respond(_: httpx.Request) -> httpx.Response:
        if raw is not None:
            return httpx.Response(status, content=raw)
        return httpx.Response(status, text=_loose_json(body), headers={"content-type": "application/json"})

    ctx = context(transport=httpx.MockTransport(respond))
    calls: list[tuple[Any, tuple[type, ...]]] = [
        (lambda: innoship.create_awb(ctx, request()), (Created, Refused)),
        (lambda: innoship.find_awb(ctx, "OMS-1"), (Created, type(None))),
        (lambda: innoship.quote(ctx, request()), (tuple, Refused)),
        (lambda: innoship.label(ctx, SHIPMENT, "A6"), (Label, type(None))),
        (lambda: innoship.void_awb(ctx, SHIPMENT), (Voided, Refused)),
        (lambda: innoship.track(ctx, [SHIPMENT]), (tuple,)),
    ]
    for call, kinds in calls:
        with suppress(ConnectorSignal):
            assert isinstance(call(), kinds)


def _loose_json(body: Any) -> str:
    """With NaN and Infinity, which JSON has not and some servers send."""
    return json.dumps(body, allow_nan=True)
