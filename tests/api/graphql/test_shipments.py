"""What a shipment shows: its label where there is one, and why a courier refused it."""

import pytest

from domain.shipping.models import ShipmentStatus
from tests.api.conftest import Api
from tests.api.graphql.scenes import make_account, make_shipment
from tests.support.builders import make_order

SHIPMENTS = """query ($number: String!) { order(by: {number: $number}) {
    shipments { awb status labelUrl problems { path code message } } } }"""


@pytest.mark.spec("FUL-3")
@pytest.mark.parametrize(("connector", "has_label"), [("innoship", True), ("manual", False)])
async def test_a_label_is_offered_only_where_the_courier_gives_one(api: Api, connector: str, has_label: bool) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
        await make_shipment(session, order, await make_account(session, connector=connector))
    found = await api.data(SHIPMENTS, {"number": str(order.number)})
    assert (found["order"]["shipments"][0]["labelUrl"] is not None) == has_label


async def test_a_refused_shipment_says_why(api: Api) -> None:
    reason = {"path": ["recipient", "phone"], "code": "REQUIRED", "message": "The phone is missing."}
    async with api.database.begin() as session:
        order = await make_order(session)
        await make_shipment(
            session,
            order,
            await make_account(session),
            awb=None,
            status=ShipmentStatus.VOIDED,
            refused=[reason],
        )
    found = await api.data(SHIPMENTS, {"number": str(order.number)})
    assert found["order"]["shipments"] == [{"awb": None, "status": "VOIDED", "labelUrl": None, "problems": [reason]}]
