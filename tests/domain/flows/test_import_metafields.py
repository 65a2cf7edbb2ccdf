"""An import fills metafields that are declared for its connector (spec EXT-1)."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.metafields.define import DefineMetafield, define_metafield
from domain.metafields.models import FieldKind, Owner
from tests.support.builders import OPERATOR, load_order, make_channel
from tests.support.incoming import bring_one, incoming, later, map_cod

pytestmark = pytest.mark.spec("EXT-1")


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    channel = await make_channel(session)
    await map_cod(session, channel)
    return channel


async def test_what_is_declared_and_fits_is_taken_once(session: AsyncSession, shop: Channel) -> None:
    for name, kind in (("created_via", FieldKind.TEXT), ("parent_id", FieldKind.INTEGER)):
        key = f"woocommerce.{name}"
        command = DefineMetafield(owner=Owner.ORDER, key=key, kind=kind, title=name)
        await define_metafield(session, OPERATOR, command)
    told = incoming(extra={"created_via": "checkout", "parent_id": "none", "transaction_id": "T1"})
    outcome = await bring_one(session, shop, told)
    order = await load_order(session, outcome.order_id)
    assert order.metafields == {"woocommerce.created_via": "checkout"}
    await bring_one(session, shop, later(told, note="please wrap it", extra={"created_via": "admin"}))
    assert (await load_order(session, order.id)).metafields == {"woocommerce.created_via": "checkout"}


async def test_without_declared_fields_nothing_is_kept(session: AsyncSession, shop: Channel) -> None:
    outcome = await bring_one(session, shop, incoming(extra={"created_via": "checkout"}))
    assert (await load_order(session, outcome.order_id)).metafields is None
