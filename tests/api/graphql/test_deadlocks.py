"""A mutation whose locks cross those of another transaction is done again."""

import asyncio

import pytest
from sqlalchemy import select, update

from domain.invoicing.models import InvoiceSeries
from domain.stock.models import StockLevel
from tests.api.conftest import Api
from tests.api.graphql.test_life_of_an_order import act, new_order, product_with_stock


@pytest.mark.spec("STK-2")
async def test_a_click_that_loses_a_deadlock_is_done_again(api: Api) -> None:
    """The other transaction has the invoice series and then wants the stock, as an import of several orders may."""
    await product_with_stock(api)
    made = await api.data(
        """mutation { channelCreate(input: {slug: "desk", title: "Desk", connector: "manual",
            invoiceAt: CONFIRMATION}) { ... on Channel { slug } ... on Refusal { message } } }"""
    )
    assert made["channelCreate"] == {"slug": "desk"}
    order = await new_order(api, channel="desk")
    async with api.database.begin() as importing:
        await importing.execute(update(InvoiceSeries).values(next_number=InvoiceSeries.next_number))
        clicking = asyncio.create_task(act(api, "orderConfirm", order["id"], "status invoices { number }"))
        await asyncio.sleep(0.5)
        await importing.execute(select(StockLevel).with_for_update())
    confirmed = await clicking
    assert confirmed["status"] == "CONFIRMED"
    assert len(confirmed["invoices"]) == 1
