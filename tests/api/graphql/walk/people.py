"""Arguments of what is done with customers, roles and keys."""

from typing import Any

from tests.support.builders import make_customer

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
    "customerGroupDelete": _group,
    "customerGroupSet": _groups,
    "roleUpsert": _role,
    "apiKeyCreate": _key,
    "apiKeyRevoke": _made_key,
}
