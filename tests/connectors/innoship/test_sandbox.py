"""The sandbox, held against what was recorded and documented of Innoship."""

import re
from base64 import b64decode
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route

from connectors import innoship
from connectors.innoship.sandbox import create_app
from connectors.innoship.sandbox.behaviour import BEHAVIOURS
from connectors.innoship.sandbox.pdf import SIZES, label_pdf
from omnisales_sdk import Delivery, HttpClient, Response, ShipmentStatus
from omnisales_sdk.testing.sandbox import serve

from .support import Sandbox, context, request, sample

KEY = {"X-Api-Key": "sandbox-key"}
VERSION = {"api-version": "1.0"}
NEWER_THAN_THE_RECORDING = {"dispatchId", "cashOnDeliveryHistory"}


@pytest.fixture
def recorded() -> Iterator[Sandbox]:
    """A sandbox whose warehouse is that of the recorded order."""
    app = create_app(locations=("RO",))
    with serve(app) as running:
        yield Sandbox(url=running.url, faults=app.state.faults, book=app.state.book)


def send(sandbox: Sandbox, method: str, path: str, **options: Any) -> Response:
    client = HttpClient(timeout=5)
    try:
        given = {"params": VERSION, "headers": KEY, **options}
        return client.send(method, sandbox.url + path, **given)
    finally:
        client.close()


def order_body(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(sample("order_and_price_request.json")), **changes}


def kinds(value: Any) -> Any:
    """The shape of a JSON value: its keys and kinds; null stands for any kind."""
    if isinstance(value, dict):
        return {name: kinds(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [kinds(value[0])] if value else None
    return "number" if type(value) in (int, float) else None if value is None else type(value).__name__


def fits(recorded: Any, ours: Any) -> bool:
    if recorded is None or ours is None:
        return True
    if isinstance(recorded, dict) and isinstance(ours, dict):
        same = recorded.keys() == ours.keys() - NEWER_THAN_THE_RECORDING
        return same and all(fits(recorded[name], ours[name]) for name in recorded)
    if isinstance(recorded, list) and isinstance(ours, list):
        return fits(recorded[0], ours[0])
    return bool(recorded == ours)


@pytest.mark.spec("PLG-4")
def test_the_recorded_request_is_taken_and_answered_in_the_recorded_form(recorded: Sandbox) -> None:
    answer = send(recorded, "POST", "/api/Order", json=order_body(parameters={"async": False}))

    assert answer.status == 201
    assert fits(kinds(sample("order_response.json")), kinds(answer.json())), answer.text
    assert re.fullmatch(r"\d+", answer.json()["courierShipmentId"])


def test_the_recorded_tracking_item_has_the_form_of_ours(recorded: Sandbox) -> None:
    wanted = order_body(parameters={"async": False}, externalOrderId="E-1")
    order = send(recorded, "POST", "/api/Order", json=wanted).json()
    recorded.control("advance", {"awb": order["courierShipmentId"], "status_id": 2, "locality": "BUCURESTI"})
    asked = {"courier": order["courier"], "awbList": [order["courierShipmentId"]]}

    for path, body in [
        ("/api/Track/by-awb/with-return", asked),
        ("/api/Track/by-awb/with-return", {**asked, "courier": "Cargus"}),
        ("/api/Track/by-external-order-id", {"externalOrderId": ["none", "E-1"]}),
    ]:
        answer = send(recorded, "POST", path, json=body)
        assert answer.status == 200
        assert len(answer.json()) == 1
        assert fits(kinds(sample("track_with_return_response_excerpt.json")), kinds(answer.json())), answer.text


def test_a_shape_that_differs_is_seen() -> None:
    form = kinds(sample("order_response.json"))
    assert fits(form, {**form, "courier": None})
    assert not fits(form, {**form, "courier": "str"})
    assert not fits(form, {**form, "more": "str"})
    assert not fits(form, {name: kind for name, kind in form.items() if name != "price"})


def test_the_recorded_asynchronous_order_has_no_awb_yet(recorded: Sandbox) -> None:
    assert send(recorded, "POST", "/api/Order", json=order_body()).json()["courierShipmentId"] is None


def test_field_names_in_pascal_case_are_read(recorded: Sandbox) -> None:
    def pascal(value: Any) -> Any:
        if isinstance(value, dict):
            return {name[:1].upper() + name[1:]: pascal(inner) for name, inner in value.items()}
        return [pascal(inner) for inner in value] if isinstance(value, list) else value

    answer = send(recorded, "POST", "/api/Order", json=pascal(order_body(externalOrderId="E-1")))

    assert answer.status == 201
    assert recorded.awbs("E-1") != []


def test_the_cut_off_locker_return_is_refused_for_what_was_cut_off(recorded: Sandbox) -> None:
    answer = send(recorded, "POST", "/api/Order", json=sample("locker_return_order_request_excerpt.json"))

    assert answer.status == 400
    assert [error["message"] for error in answer.json()["errors"]] == [
        "Value of field ExternalClientLocation is not valid",
        "Value of field AddressTo is not valid",
    ]


@pytest.mark.parametrize("key", [None, "", "wrong", "sandbox-keys"])
def test_without_the_key_nothing_is_answered(sandbox: Sandbox, key: str | None) -> None:
    headers = {} if key is None else {"X-Api-Key": key}
    answer = send(sandbox, "GET", "/api/Courier/All", headers=headers)

    assert answer.status == 401
    assert [error["message"] for error in answer.json()["errors"]] == ["Unable to authorize request"]


@pytest.mark.parametrize("params", [{}, {"api-version": "2.0"}])
def test_the_version_is_demanded_in_the_query(sandbox: Sandbox, params: dict[str, str]) -> None:
    answer = send(sandbox, "GET", "/api/Courier/All", params=params, headers={**KEY, "api-version": "1.0"})
    assert answer.status == 400


def test_an_error_has_the_documented_form(sandbox: Sandbox) -> None:
    answer = send(sandbox, "POST", "/api/Order", json=order_body())

    body = answer.json()
    assert (answer.status, set(body)) == (400, {"errors", "correlationId"})
    assert body["errors"] == [{"message": "Value of field ExternalClientLocation is not valid", "details": []}]
    assert re.fullmatch(r"[0-9a-f-]{36}", body["correlationId"])


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("serviceId",), 99, "ServiceId"),
        (("courierId",), 999, "CourierId"),
        (("courierId",), "Nobody", "CourierId"),
        (("shipmentDate",), "soon", "ShipmentDate"),
        (("payment",), "Nobody", "Payment"),
        (("externalOrderId",), "x" * 101, "ExternalOrderId"),
        (("observation",), "x" * 501, "Observation"),
        (("addressTo",), None, "AddressTo"),
        (("content",), None, "Content"),
        (("addressTo", "name"), "", "AddressTo.Name"),
        (("addressTo", "name"), "x" * 65, "AddressTo.Name"),
        (("addressTo", "contactPerson"), None, "AddressTo.ContactPerson"),
        (("addressTo", "phone"), None, "AddressTo.Phone"),
        (("addressTo", "country"), None, "AddressTo.Country"),
        (("addressTo", "localityName"), None, "AddressTo.LocalityName"),
        (("addressTo", "addressText"), "x" * 101, "AddressTo.AddressText"),
        (("content", "totalWeight"), 0, "Content.TotalWeight"),
        (("content", "contents"), "", "Content.Contents"),
        (("content", "parcelsCount"), 2, "Content.Parcels"),
        (("content", "parcels", 0, "weight"), 0, "Content.Parcels[0].Weight"),
        (("content", "parcels", 0, "size", "height"), 501, "Content.Parcels[0].Size.Height"),
        (("content", "parcels", 0, "size", "width"), None, "Content.Parcels[0].Size.Width"),
    ],
)
def test_each_documented_rule_refuses_its_field(
    recorded: Sandbox, path: tuple[Any, ...], value: Any, field: str
) -> None:
    body: Any = order_body()
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    for address in ("/api/Order", "/api/Price"):
        answer = send(recorded, "POST", address, json=body)
        assert answer.status == 400
        assert [error["message"] for error in answer.json()["errors"]] == [f"Value of field {field} is not valid"]
    assert recorded.state()["orders"] == []


def test_a_postcode_stands_for_the_county(recorded: Sandbox) -> None:
    body = order_body()
    body["addressTo"]["countyName"] = None
    assert send(recorded, "POST", "/api/Order", json=body).status == 201
    body["addressTo"]["postalCode"] = None
    assert send(recorded, "POST", "/api/Order", json=body).status == 400


@pytest.mark.parametrize("content", [b"", b"{", b"[]"])
def test_a_body_that_is_no_order_is_refused(sandbox: Sandbox, content: bytes) -> None:
    assert send(sandbox, "POST", "/api/Order", content=content).status == 400


def test_a_second_order_with_one_id_is_refused_or_made_as_the_account_is_set() -> None:
    for unique, status, count in [(True, 400, 1), (False, 201, 2)]:
        app = create_app(locations=("RO",), unique=unique)
        with serve(app) as running:
            sandbox = Sandbox(url=running.url, faults=app.state.faults, book=app.state.book)
            send(sandbox, "POST", "/api/Order", json=order_body(externalOrderId="E-1"))
            answer = send(sandbox, "POST", "/api/Order", json=order_body(externalOrderId="E-1"))
            assert answer.status == status
            assert len(sandbox.awbs("E-1")) == count


def test_orders_without_an_id_are_never_the_same(recorded: Sandbox) -> None:
    for _ in range(2):
        assert send(recorded, "POST", "/api/Order", json=order_body()).status == 201


def test_a_label_can_be_had_in_json(recorded: Sandbox) -> None:
    order = send(recorded, "POST", "/api/Order", json=order_body(parameters={})).json()
    path = f"/api/Label/by-courier/{order['courier']}/awb/{order['courierShipmentId']}"
    file = send(recorded, "GET", path)
    packed = send(recorded, "GET", path, params={**VERSION, "useFile": "false"}).json()

    assert file.headers["content-type"] == "application/pdf"
    assert set(packed) == {"courier", "contents", "labels"}
    assert b64decode(packed["contents"]) == file.content
    assert b"[0 0 298 420]" in file.content
    assert send(recorded, "GET", path, params={**VERSION, "format": "A7"}).status == 400


@pytest.mark.parametrize("pages", [1, 3])
def test_a_label_is_a_pdf_whose_table_finds_every_object(pages: int) -> None:
    content = label_pdf([f"AWB {page}" for page in range(pages)], SIZES["A4"])

    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    header, *entries = content[start:].split(b"\n")[1 : 3 + 3 + 2 * pages]
    assert content[start : start + 4] == b"xref"
    assert header == f"0 {len(entries)}".encode()
    for number, entry in enumerate(entries[1:], start=1):
        assert content[int(entry[:10]) :].startswith(f"{number} 0 obj\n".encode())
    assert content.count(b"/Type /Page ") == pages
    for length, drawing in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", content, re.S):
        assert int(length) == len(drawing)


def test_more_than_200_awbs_are_too_many(sandbox: Sandbox) -> None:
    for count, status in [(200, 200), (201, 400), (0, 400)]:
        body = {"courier": 1, "awbList": [str(number) for number in range(count)]}
        assert send(sandbox, "POST", "/api/Track/by-awb/with-return", json=body).status == status


@pytest.mark.parametrize("body", [{"courier": 999, "awbList": ["1"]}, {"courier": 1}, [], {"externalOrderId": "E-1"}])
def test_tracking_without_a_list_is_refused(sandbox: Sandbox, body: Any) -> None:
    for path in ("/api/Track/by-awb/with-return", "/api/Track/by-external-order-id"):
        assert send(sandbox, "POST", path, json=body).status == 400


def test_money_collected_is_told_apart_from_the_parcel(recorded: Sandbox) -> None:
    send(recorded, "POST", "/api/Order", json=order_body(externalOrderId="E-1"))
    item = recorded.control("advance", {"external_order_id": "E-1", "status_id": 100})

    assert (item["currentStatus"], item["currentStatusId"]) == ("Delivered", 100)
    assert [row["clientStatusDescription"] for row in item["cashOnDeliveryHistory"]] == ["New", "Collected"]


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("advance", {"awb": "000", "status_id": 2}, 404),
        ("advance", {"status_id": 2}, 404),
        ("advance", {"awb": "000"}, 422),
        ("advance", {"awb": "000", "status_id": 2, "at": "2026-01-01T10:00:00"}, 422),
        ("advance", {"awb": "000", "status_id": 2, "odd": 1}, 422),
        ("push", {"url": "file:///etc/passwd"}, 422),
        ("push", {}, 422),
    ],
)
def test_the_control_door_refuses_what_it_cannot_do(
    sandbox: Sandbox, verb: str, body: dict[str, Any], status: int
) -> None:
    assert send(sandbox, "POST", f"/_sandbox/{verb}", json=body).status == status


@pytest.mark.spec("FUL-5")
def test_a_push_brings_the_list_that_the_connector_reads(sandbox: Sandbox) -> None:
    bodies: list[bytes] = []

    async def receive(asked: Request) -> Answer:
        bodies.append(await asked.body())
        return Answer(status_code=200)

    for key in ("OMS-1", "OMS-2"):
        innoship.create_awb(context(sandbox.url), request(key))
    awb = sandbox.control("advance", {"external_order_id": "OMS-2", "status_id": 100})["shipmentAwb"]
    with serve(Starlette(routes=[Route("/hook/{secret}", receive, methods=["POST"])])) as receiver:
        url = f"{receiver.url}/hook/s"
        assert sandbox.control("push", {"url": url}) == {"status": 200, "items": 2}
        assert sandbox.control("push", {"url": url, "awbs": [awb]}) == {"status": 200, "items": 1}

    (update,) = innoship.parse_tracking(context(), Delivery(body=bodies[1]))
    assert (update.awb, update.key, update.events[-1].status) == (awb, "OMS-2", ShipmentStatus.DELIVERED)
    assert len(innoship.parse_tracking(context(), Delivery(body=bodies[0]))) == 2


def test_a_push_to_nobody_says_so(sandbox: Sandbox) -> None:
    outcome = sandbox.control("push", {"url": "http://127.0.0.1:9/hook"})
    assert (outcome["status"], outcome["items"]) == (None, 0)
    assert "cannot be reached" in outcome["error"]


def test_each_behaviour_says_whether_it_is_proven_and_by_what() -> None:
    assert {behaviour.basis for behaviour in BEHAVIOURS} == {"PROVEN", "ASSUMED"}
    assert all(bool(behaviour.source) == (behaviour.basis == "PROVEN") for behaviour in BEHAVIOURS)
    assert len({behaviour.what for behaviour in BEHAVIOURS}) == len(BEHAVIOURS)
