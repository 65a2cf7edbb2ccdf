"""Labels: PDF or nothing."""

from base64 import b64encode
from typing import Any

import httpx
import pytest

from connectors import innoship
from connectors.innoship.settings import Ctx
from omnisales_sdk import Created, Label, NeedsHuman, ShipmentRef, TryLater
from omnisales_sdk.testing.sandbox import Fault

from .support import Sandbox, context, parcel, request

PDF = b"%PDF-1.4 a label"


@pytest.fixture
def shipment(ctx: Ctx) -> ShipmentRef:
    created = innoship.create_awb(ctx, request(parcels=(parcel(1), parcel(2))))
    assert isinstance(created, Created)
    return ShipmentRef(key="OMS-1", awb=created.awb, refs=created.refs)


def labelled(answer: httpx.Response) -> Label | None:
    ctx = context(transport=httpx.MockTransport(lambda _: answer))
    return innoship.label(ctx, ShipmentRef(key="k", awb="877551879", refs={"courier_id": "1"}), "A6")


@pytest.mark.spec("FUL-3")
@pytest.mark.parametrize(
    ("wanted", "given", "box"),
    [("A4", "A4", b"[0 0 595 842]"), ("A6", "A6", b"[0 0 298 420]"), ("100x150", "A6", b"[0 0 298 420]")],
)
def test_a_label_is_a_pdf_in_the_format_that_it_names(
    ctx: Ctx, shipment: ShipmentRef, wanted: str, given: str, box: bytes
) -> None:
    label = innoship.label(ctx, shipment, wanted)

    assert label is not None
    assert (label.media_type, label.format) == ("application/pdf", given)
    assert label.content.startswith(b"%PDF-")
    assert label.content.count(box) == 2
    assert f"AWB {shipment.awb}  2/2".encode() in label.content


def test_every_format_of_the_manifest_is_served(ctx: Ctx, shipment: ShipmentRef) -> None:
    formats = [term.key for term in innoship.connector().vocabulary.label_formats]

    assert formats == ["100x150", "A4", "A6"]
    assert all(innoship.label(ctx, shipment, name) for name in formats)


@pytest.mark.parametrize(
    "body",
    [
        {"courier": 1, "contents": b64encode(PDF).decode(), "labels": None},
        {"courier": 1, "contents": "application/pdf", "labels": [b64encode(PDF).decode()]},
    ],
)
def test_a_label_packed_into_json_is_unpacked(body: dict[str, Any]) -> None:
    assert labelled(httpx.Response(200, json=body)) == Label(content=PDF, media_type="application/pdf", format="A6")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Service</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b"", headers={"content-type": "application/pdf"}),
        httpx.Response(200, json={"courier": 1, "contents": "not base64!", "labels": []}),
        httpx.Response(200, json={"courier": 1, "contents": b64encode(b"no pdf").decode()}),
        httpx.Response(200, json={"courier": 1, "labels": [b64encode(PDF).decode()] * 2}),
        httpx.Response(200, json=[]),
    ],
)
def test_what_is_no_pdf_is_never_handed_on(answer: httpx.Response) -> None:
    with pytest.raises(TryLater):
        labelled(answer)


def test_a_label_that_innoship_refuses_needs_a_person(ctx: Ctx) -> None:
    with pytest.raises(NeedsHuman) as needed:
        innoship.label(ctx, ShipmentRef(key="k", awb="000", refs={"courier_id": "1"}), "A4")

    assert needed.value.cause == "courier:refused"
    assert "The label does not exist (Innoship reference " in needed.value.message


def test_a_label_that_is_not_there_yet_is_none() -> None:
    assert labelled(httpx.Response(404, json={"errors": [], "correlationId": "c"})) is None


@pytest.mark.parametrize(
    "shipment", [ShipmentRef(key="k", awb=None, refs={"courier_id": "1"}), ShipmentRef(key="k", awb="1")]
)
def test_without_an_awb_or_its_courier_there_is_no_label_yet(shipment: ShipmentRef) -> None:
    assert innoship.label(context(), shipment, "A4") is None


def test_a_format_that_innoship_lacks_needs_a_person(ctx: Ctx, shipment: ShipmentRef) -> None:
    with pytest.raises(NeedsHuman) as needed:
        innoship.label(ctx, shipment, "Zpl")

    assert needed.value.cause == "label_format:unknown"
    assert needed.value.remedy == "Choose one of 100x150, A4, A6 in the settings of the courier account."


def test_a_label_on_a_slow_host_is_tried_later(sandbox: Sandbox, shipment: ShipmentRef) -> None:
    sandbox.faults.add(Fault(kind="slow", seconds=0.6, match="GET /api/Label"))

    with pytest.raises(TryLater):
        innoship.label(context(sandbox.url, timeout=0.2), shipment, "A4")


def test_an_odd_awb_cannot_leave_its_place_in_the_address() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode().partition("?")[0])
        return httpx.Response(200, content=PDF)

    ctx = context(transport=httpx.MockTransport(answer))
    innoship.label(ctx, ShipmentRef(key="k", awb="../1?x", refs={"courier_id": "1"}), "A4")

    assert asked == ["/api/Label/by-courier/1/awb/..%2F1%3Fx"]
