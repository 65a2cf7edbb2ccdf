"""Arguments of settings and rules: calendars, rates, approvals, discounts, metafields, views."""

from typing import Any

from tests.support.approvals import make_rule
from tests.support.discounts import make_rule as make_discount

from .world import WALKER, World


async def _calendar(_: World) -> dict[str, Any]:
    hours = [{"weekday": 1, "opens": "09:00", "closes": "17:00"}]
    return {"input": {"timezone": "Europe/Bucharest", "hours": hours}}


async def _rates(world: World) -> dict[str, Any]:
    return {"input": {"day": world.day(), "rates": [{"currency": "EUR", "rate": "4.97", "multiplier": 1}]}}


def _approval_rule(world: World) -> dict[str, Any]:
    how = {"priority": 0, "exclusive": False, "fourEyes": False, "active": False}
    return {"name": world.word(), "steps": [WALKER], "conditions": [{"newCustomer": True}], **how}


async def _approval(world: World) -> dict[str, Any]:
    return {"input": {"rule": _approval_rule(world)}}


async def _approval_preview(world: World) -> dict[str, Any]:
    return {"input": {"rule": _approval_rule(world), "days": 1}}


async def _made_approval(world: World) -> dict[str, Any]:
    async with world.session() as session:
        return {"id": str((await make_rule(session, name=world.word(), steps=[WALKER], active=False)).id)}


async def _discount(world: World) -> dict[str, Any]:
    how = {"formal": "PERCENT", "value": "5", "stacks": False, "priority": 0, "active": True}
    return {"input": {"name": world.word(), "startsAt": world.time(), "voucher": world.word(), **how}}


async def _made_discount(world: World) -> dict[str, Any]:
    async with world.session() as session:
        return {"id": str((await make_discount(session, voucher=world.word())).id)}


async def _discount_archive(world: World) -> dict[str, Any]:
    return {"input": await _made_discount(world)}


async def _discount_preview(world: World) -> dict[str, Any]:
    lines = [{"sku": await world.sku(), "quantity": "1"}]
    return {"input": {"channel": "manual", "lines": lines}}


async def _metafield(world: World) -> dict[str, Any]:
    how = {"kind": "INTEGER", "title": "Walk", "filterable": False}
    return {"input": {"owner": "ORDER", "key": f"walk.{world.word().replace('-', '_')}", **how}}


async def _made_metafield(world: World) -> dict[str, Any]:
    made = await world.do("metafieldDefine", **await _metafield(world))
    return {"input": {"owner": "ORDER", "key": made["key"]}}


async def _metafield_set(world: World) -> dict[str, Any]:
    key = (await _made_metafield(world))["input"]["key"]
    given = {"owner": "ORDER", "id": str((await world.order()).id), "values": [{"key": key, "value": 1}]}
    return {"input": given}


async def _view(world: World) -> dict[str, Any]:
    return {"input": {"name": world.word(), "filter": {"status": ["DRAFT"]}, "shared": False}}


async def _made_view(world: World) -> dict[str, Any]:
    """The caller's own."""
    return {"id": (await world.do("orderViewSave", headers=world.caller, **await _view(world)))["id"]}


RULES = {
    "businessCalendarSet": _calendar,
    "exchangeRatesSet": _rates,
    "approvalRuleUpsert": _approval,
    "approvalRulePreview": _approval_preview,
    "approvalRuleRemove": _made_approval,
    "tradeDiscountUpsert": _discount,
    "tradeDiscount": _made_discount,
    "tradeDiscountArchive": _discount_archive,
    "discountPreview": _discount_preview,
    "metafieldDefine": _metafield,
    "metafieldRetire": _made_metafield,
    "metafieldsSet": _metafield_set,
    "orderViewSave": _view,
    "orderViewDelete": _made_view,
}
