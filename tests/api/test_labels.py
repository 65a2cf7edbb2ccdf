"""A label is served once a worker has fetched it; before that the caller is told what to do (spec FUL-3)."""

import httpx
import pytest
from sqlalchemy import select

from domain.access.models import ApiKey
from domain.kernel.clock import utc_now
from domain.kernel.outbox import OutboxRow
from domain.kernel.secrets import digest
from domain.shipping.models import Shipment, ShipmentLabel, ShipmentStatus
from tests.api.conftest import ADMIN_KEY, Api
from tests.api.graphql.scenes import make_account, make_shipment
from tests.support.builders import make_order

pytestmark = pytest.mark.spec("FUL-3")


async def shipped(api: Api, connector: str = "innoship", **fields: object) -> Shipment:
    async with api.database.begin() as session:
        order = await make_order(session)
        return await make_shipment(session, order, await make_account(session, "account", connector), **fields)


async def get(api: Api, shipment: object, key: str = ADMIN_KEY, **query: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return await api.http.get(f"/labels/{shipment}.pdf", params=query, headers=headers)


async def add_label(api: Api, shipment: Shipment, form: str, content: bytes) -> None:
    async with api.database.begin() as session:
        session.add(
            ShipmentLabel(
                shipment_id=shipment.id,
                format=form,
                media_type="application/pdf",
                content=content,
                fetched_at=utc_now(),
            )
        )


async def test_a_label_that_is_there(api: Api) -> None:
    shipment = await shipped(api)
    await add_label(api, shipment, "A6", b"%PDF-1.4 a6")
    await add_label(api, shipment, "A4", b"%PDF-1.4 a4")
    first = await get(api, shipment.id)
    assert (first.status_code, first.content) == (200, b"%PDF-1.4 a6")
    assert first.headers["content-type"] == "application/pdf"
    assert shipment.awb is not None
    assert shipment.awb in first.headers["content-disposition"]
    assert (await get(api, shipment.id, format="A4")).content == b"%PDF-1.4 a4"


async def test_an_odd_awb_is_no_header_of_its_own(api: Api) -> None:
    shipment = await shipped(api, awb='A"1\r\nX-Evil: 1')
    await add_label(api, shipment, "A6", b"%PDF")
    answer = await get(api, shipment.id)
    assert answer.headers["content-disposition"] == 'inline; filename="A-1--X-Evil--1.pdf"'
    assert "x-evil" not in answer.headers


async def test_one_that_is_not_there_yet_is_asked_for_once(api: Api) -> None:
    shipment = await shipped(api)
    for _ in range(3):
        answer = await get(api, shipment.id, format="A4")
        assert (answer.status_code, answer.json()["code"]) == (409, "LABEL_PENDING")
    async with api.database.begin() as session:
        work = (await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_label"))).one()
    assert work.payload == {"shipment_id": str(shipment.id), "format": "A4"}


async def test_what_has_no_label(api: Api) -> None:
    by_hand = await shipped(api, "manual")
    answer = await get(api, by_hand.id)
    assert (answer.status_code, answer.json()["code"]) == (404, "NO_LABELS")


@pytest.mark.parametrize("fields", [{"awb": None}, {"status": ShipmentStatus.VOIDED}])
async def test_what_has_no_awb(api: Api, fields: dict[str, object]) -> None:
    shipment = await shipped(api, **fields)
    answer = await get(api, shipment.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "NO_AWB")


@pytest.mark.parametrize("shipment", ["x", "01930000-0000-7000-8000-000000000000"])
async def test_what_is_not_there(shared_api: Api, shipment: str) -> None:
    assert (await get(shared_api, shipment)).status_code == 404


async def test_who_may_not(api: Api) -> None:
    shipment = await shipped(api)
    await add_label(api, shipment, "A6", b"%PDF")
    assert (await api.http.get(f"/labels/{shipment.id}.pdf")).status_code == 401
    async with api.database.begin() as session:
        session.add(ApiKey(name="few", key_hash=digest("few"), permissions=["sync.view"], created_at=utc_now()))
    assert (await get(api, shipment.id, key="few")).status_code == 403


@pytest.mark.parametrize("form", ["\x00", "A4\x00", "A" * 51])
async def test_a_format_that_is_no_text_is_refused_and_nothing_is_asked_for(api: Api, form: str) -> None:
    shipment = await shipped(api)
    answer = await get(api, shipment.id, format=form)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_FORMAT")
    assert "Name a format like A4 or A6" in answer.json()["message"]
    async with api.database.begin() as session:
        assert (await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_label"))).all() == []
