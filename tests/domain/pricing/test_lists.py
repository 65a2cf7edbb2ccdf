"""Two at once on one price list: one list, and no price is lost unseen."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from domain.kernel.database import Database
from domain.kernel.refusals import StaleVersion
from domain.pricing.items import Price, SetItems, set_price_list_items
from domain.pricing.lists import UpsertPriceList, upsert_price_list
from domain.pricing.models import PriceList, PriceListItem, PriceListMember
from tests.support.builders import OPERATOR, make_channel, make_variant

pytestmark = pytest.mark.spec("PRC-1")


async def test_two_who_make_one_list_and_write_its_prices_at_once(database: Database) -> None:
    async with database.begin() as session:
        await make_channel(session, slug="shop")
        await make_variant(session, "A")

    async def make() -> None:
        async with database.begin() as session:
            command = UpsertPriceList(slug="ours", name="Ours", currency="RON", channels=["shop"])
            await upsert_price_list(session, OPERATOR, command)

    async def write(price: int) -> bool:
        try:
            async with database.begin() as session:
                items = [Price(sku="A", unit_price=Decimal(price))]
                await set_price_list_items(session, OPERATOR, SetItems(slug="ours", items=items, expected_version=1))
        except StaleVersion:
            return False
        return True

    await asyncio.gather(make(), make())
    assert sorted(await asyncio.gather(write(1), write(2))) == [False, True]
    async with database.begin() as session:
        for table in (PriceList, PriceListMember, PriceListItem):
            assert await session.scalar(select(func.count()).select_from(table)) == 1
        assert await session.scalar(select(PriceList.version)) == 2
