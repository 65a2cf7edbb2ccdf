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


PEOPLE = {
    "customer": _customer,
    "customerUpsert": _customer_upsert,
    "customersMerge": _merge,
    "customerGroupDelete": _group,
    "customerGroupSet": _groups,
    "roleUpsert": _role,
    "apiKeyCreate": _key,
    "apiKeyRevoke": _made_key,
}
