"""Arguments of what is done with customers, roles and keys."""

from typing import Any

from sqlalchemy import select

from domain.diary.models import DiaryEntry
from domain.intake.models import Source
from domain.intake.settle import refused, settle
from domain.intake.store import NewItem, store_items
from tests.support.builders import make_channel, make_customer

from .world import World


async def _customer(world: World) -> dict[str, Any]:
    async with world.session() as session:
        return {"id": str((await make_customer(session)).id)}


async def _customer_upsert(world: World) -> dict[str, Any]:
    return {"input": {"name": world.word()}}


async def _merge(world: World) -> dict[str, Any]:
    async with world.session() as session:
        keep, drop = await make_customer(session), await make_customer(session)
    return {"input": {"keep": str(keep.id), "drop": str(drop.id)}}


async def _group(world: World) -> dict[str, Any]:
    made = await world.do("customerGroupUpsert", input={"slug": world.word(), "name": "VIP"})
    return {"slug": made["slug"]}


async def _groups(world: World) -> dict[str, Any]:
    return {"input": {"customer": (await _customer(world))["id"], "groups": [(await _group(world))["slug"]]}}


async def _role(world: World) -> dict[str, Any]:
    return {"input": {"slug": world.word(), "title": "Walk", "permissions": []}}


async def _key(world: World) -> dict[str, Any]:
    return {"input": {"name": world.word(), "permissions": ["access.edit"]}}


async def _made_key(world: World) -> dict[str, Any]:
    return {"id": (await world.do("apiKeyCreate", **await _key(world)))["apiKey"]["id"]}


async def _known(world: World) -> dict[str, Any]:
    return {"customer": (await _customer(world))["id"]}


async def _erase(world: World) -> dict[str, Any]:
    return {"input": {**await _known(world), "reason": "asked"}}


async def _erased(world: World) -> dict[str, Any]:
    known = await _known(world)
    await world.do("personalDataErase", input={**known, "reason": "asked"})
    return known


async def _payload(world: World) -> dict[str, Any]:
    async with world.session() as session:
        channel = await make_channel(session)
        [item] = await store_items(session, [NewItem(channel_id=channel.id, source=Source.POLL, body=b"{}")])
        await settle(session, [refused(item, channel.id, "it cannot be read")])
        return {"diaryEntry": str(await session.scalar(select(DiaryEntry.id).where(DiaryEntry.item_id == item)))}


async def _find(world: World) -> dict[str, Any]:
    return {"email": f"{world.word()}@example.com"}


async def _person(world: World) -> dict[str, Any]:
    made = await world.do("personCreate", input={"email": f"{world.word()}@shop.example", "name": "Walk"})
    return {"id": made["id"]}


async def _person_create(world: World) -> dict[str, Any]:
    return {"input": {"email": f"{world.word()}@shop.example", "name": "Walk"}}


async def _person_update(world: World) -> dict[str, Any]:
    whom = {**await _person(world), "expectedVersion": 1}
    return {"input": {**whom, "email": f"{world.word()}@shop.example", "name": "Walk", "roles": []}}


async def _person_version(world: World) -> dict[str, Any]:
    return {**await _person(world), "expectedVersion": 1}


async def _person_password(world: World) -> dict[str, Any]:
    return {"input": {**await _person_version(world), "password": "correct pony battery staple"}}


async def _rotate(world: World) -> dict[str, Any]:
    return {"input": {**await _made_key(world), "graceHours": 1}}


async def _team(world: World) -> dict[str, Any]:
    return {"input": {"slug": world.word(), "title": "Walk", "channels": []}}


async def _made_team(world: World) -> dict[str, Any]:
    return {"id": (await world.do("teamUpsert", **await _team(world)))["id"]}


PEOPLE = {
    "apiKeyRotate": _rotate,
    "teamUpsert": _team,
    "teamRemove": _made_team,
    "personInvite": _person,
    "personSecondFactorReset": _person,
    "person": _person,
    "personSessions": _person,
    "personCreate": _person_create,
    "personUpdate": _person_update,
    "personDisable": _person_version,
    "personEnable": _person_version,
    "personPasswordSet": _person_password,
    "customer": _customer,
    "customerUpsert": _customer_upsert,
    "customersMerge": _merge,
    "personalDataFind": _find,
    "diaryPayload": _payload,
    "personalDataExport": _known,
    "personalDataErasure": _erased,
    "personalDataErase": _erase,
    "customerGroupDelete": _group,
    "customerGroupSet": _groups,
    "roleUpsert": _role,
    "apiKeyCreate": _key,
    "apiKeyRevoke": _made_key,
}
