"""Arguments of what is done with channels, couriers, and what they bring."""

from typing import Any

from sqlalchemy import select

from domain.diary.entries import Note, open_standing
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.invoicing.models import LegalEntity
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from tests.api.graphql.scenes import make_account
from tests.support.builders import make_channel
from tests.support.shipping import make_confirmed_order

from .world import World

CREDENTIALS = {"consumer_key": "ck_1", "consumer_secret": "cs_1", "webhook_secret": "a secret of the shop"}


async def _channel(world: World) -> dict[str, Any]:
    async with world.session() as session:
        return {"id": str((await make_channel(session, slug=world.word())).id)}


async def _own_channel(world: World) -> dict[str, Any]:
    """One that has no far side: trying it reaches for nothing."""
    async with world.session() as session:
        return {"id": str((await make_channel(session, slug=world.word(), connector="manual")).id)}


async def _channel_input(world: World) -> dict[str, Any]:
    return {"input": await _channel(world)}


async def _channel_create(world: World) -> dict[str, Any]:
    shop = {"connector": "woocommerce", "settings": {"store_url": "https://shop.example"}, "credentials": CREDENTIALS}
    return {"input": {"slug": world.word(), "title": "Shop", **shop}}


async def _channel_update(world: World) -> dict[str, Any]:
    return {"input": {**await _channel(world), "expectedVersion": 1, "title": "Renamed"}}


async def _series(world: World) -> dict[str, Any]:
    async with world.session() as session:
        owner = await session.scalar(select(LegalEntity.id).limit(1))
    return {"input": {"prefix": world.word().upper()[:20], "legalEntity": str(owner)}}


async def _confirmed(world: World) -> dict[str, Any]:
    async with world.session() as session:
        channel = await make_channel(session, slug=world.word())
        return {"id": str((await make_confirmed_order(session, channel=channel)).id)}


async def _courier_create(world: World) -> dict[str, Any]:
    return {"input": {"slug": world.word(), "title": "Courier", "connector": "manual"}}


async def _shop(world: World) -> dict[str, Any]:
    """One that was connected."""
    made = await world.do("channelCreate", **await _channel_create(world))
    return {"id": made["id"], "expectedVersion": made["version"]}


async def _connection(world: World) -> dict[str, Any]:
    return {"input": {**await _shop(world), "credentials": {"consumer_key": "ck_2"}}}


async def _secret(world: World) -> dict[str, Any]:
    return {"input": await _shop(world)}


async def _trial(_: World) -> dict[str, Any]:
    """Of a courier without a far side: nothing is reached for."""
    return {"input": {"connector": "manual"}}


async def _courier_update(world: World) -> dict[str, Any]:
    return {"input": {**await _courier(world), "expectedVersion": 1, "title": world.word()}}


async def _courier(world: World) -> dict[str, Any]:
    async with world.session() as session:
        return {"id": str((await make_account(session, slug=world.word())).id)}


async def _mapping(world: World) -> dict[str, Any]:
    given = {"kind": "PAYMENT_METHOD", "source": world.word(), "target": "prepaid"}
    return {"input": {"channel": "manual", **given}}


async def _mappings(world: World) -> dict[str, Any]:
    shop = await _shop(world)
    given = {"channel": shop["id"], "expectedVersion": shop["expectedVersion"]}
    return {"input": {**given, "mappings": {"paymentMethods": {world.word(): "prepaid"}}}}


async def _mapped(world: World) -> dict[str, Any]:
    given = (await _mapping(world))["input"]
    await world.do("mappingSet", input=given)
    return {"input": {name: value for name, value in given.items() if name != "target"}}


async def _entry(world: World) -> dict[str, Any]:
    async with world.session() as session:
        channel = await make_channel(session, slug=world.word())
        entry = DiaryEntry(
            id=new_id(),
            at=utc_now(),
            channel_id=channel.id,
            direction=Direction.IN,
            cause="gone:1",
            message="gone",
            state=DiaryState.OPEN,
        )
        session.add(entry)
    return {"ids": [str(entry.id)]}


async def _opened(world: World) -> dict[str, Any]:
    """From before an entry was opened."""
    cursor = await world.do("changesCursor")
    async with world.session() as session:
        channel = await make_channel(session, slug=world.word())
        await open_standing(session, Note(channel_id=channel.id, cause="sync:orders", message="No answer."))
    return {"after": cursor}


async def _all(_: World) -> dict[str, Any]:
    return {"input": {"all": True}}


CHANNELS = {
    "channelHealth": _channel,
    "channelSync": _channel,
    "channelHoldExpirySet": _channel,
    "channelTest": _own_channel,
    "channelStockSet": _channel_input,
    "channelCreate": _channel_create,
    "courierAccountCreate": _courier_create,
    "courierAccountTest": _courier,
    "courierAccountUpdate": _courier_update,
    "channelConnectionSet": _connection,
    "webhookSecretRotate": _secret,
    "connectionTry": _trial,
    "channelUpdate": _channel_update,
    "invoiceSeriesUpsert": _series,
    "invoiceIssue": _confirmed,
    "mappingSet": _mapping,
    "mappingsSet": _mappings,
    "mappingRemove": _mapped,
    "diaryChanged": _opened,
    "diaryResolve": _entry,
    "diaryReplay": _all,
    "deadLetterRevive": _all,
}
