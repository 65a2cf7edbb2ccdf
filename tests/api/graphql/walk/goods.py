"""Arguments of what is done with products, prices, stock and purchases."""

from typing import Any

from sqlalchemy import select

from domain.flows.move import MoveOrder, move_order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest
from tests.support.builders import OPERATOR, make_order, make_variant

from .world import World


async def _sku(world: World) -> dict[str, Any]:
    return {"sku": await world.sku()}


async def _skus(world: World) -> dict[str, Any]:
    return {"skus": [await world.sku()]}


async def _family(world: World) -> dict[str, Any]:
    return {"by": await _sku(world)}


async def _listing(world: World) -> dict[str, Any]:
    return {"input": {"channel": "manual", "externalVariantId": world.word(), "sku": await world.sku()}}


async def _sheet(world: World) -> dict[str, Any]:
    return {"input": {"csv": f"sku,name\n{world.word()},Mug\n"}}


async def _save(world: World) -> dict[str, Any]:
    return {"input": {"name": "Mug", "variants": [{"sku": world.word()}]}}


async def _group(world: World) -> dict[str, Any]:
    return {"slug": (await world.do("productGroupUpsert", input={"slug": world.word(), "name": "Mugs"}))["slug"]}


async def _price_list(world: World) -> dict[str, Any]:
    return {"input": {"slug": world.word(), "name": "Portal", "currency": "RON", "channels": ["manual"]}}


async def _made_list(world: World) -> str:
    return str((await world.do("priceListUpsert", **await _price_list(world)))["slug"])


async def _slug_of_list(world: World) -> dict[str, Any]:
    return {"slug": await _made_list(world)}


async def _list(world: World) -> dict[str, Any]:
    return {"priceList": await _made_list(world)}


async def _items(world: World) -> dict[str, Any]:
    items = [{"sku": await world.sku(), "unitPrice": "9.50"}]
    return {"input": {"priceList": await _made_list(world), "items": items}}


async def _items_sheet(world: World) -> dict[str, Any]:
    sheet = f"sku,unit_price\n{await world.sku()},9.50\n"
    return {"input": {"priceList": await _made_list(world), "csv": sheet}}


async def _explain(world: World) -> dict[str, Any]:
    return {"input": {"sku": await world.sku(), "quantity": "1"}}


async def _receive(world: World) -> dict[str, Any]:
    return {"input": {"lines": [{"sku": await world.sku(), "quantity": "1"}]}}


async def _correct(world: World) -> dict[str, Any]:
    return {"input": {"sku": await world.sku(), "difference": "1", "reason": "count"}}


async def _quarantine(world: World) -> dict[str, Any]:
    return {"input": {"sku": await world.sku(), "quantity": "1", "reason": "broken"}}


async def _release(world: World) -> dict[str, Any]:
    given = await _quarantine(world)
    await world.do("stockQuarantine", **given)
    return given


async def _transfer(world: World) -> dict[str, Any]:
    there = (await world.do("warehouseUpsert", input={"code": world.word(), "name": "Depot"}))["code"]
    given = await _quarantine(world)
    return {"input": {**given["input"], "source": "main", "target": there}}


async def _receipt(world: World) -> dict[str, Any]:
    return {"input": {"lines": [{"sku": await world.sku(), "quantity": "1"}]}}


async def _made_receipt(world: World) -> dict[str, Any]:
    return {"id": (await world.do("receiptNoteCreate", **await _receipt(world)))["id"]}


async def _receipt_edit(world: World) -> dict[str, Any]:
    return {**await _made_receipt(world), **await _receipt(world)}


async def _request(world: World) -> str:
    async with world.session() as session:
        variant = await make_variant(session, stock=1)
        order = await make_order(session, [(variant, 3)])
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
        of_it = select(ProcurementRequest.id).where(ProcurementRequest.variant_id == variant.id)
        return str((await session.scalars(of_it)).one())


async def _ordered(world: World) -> dict[str, Any]:
    return {"input": {"id": await _request(world), "supplier": "ACME"}}


async def _not_bought(world: World) -> dict[str, Any]:
    return {"input": {"id": await _request(world), "reason": "not made any more"}}


GOODS = {
    "product": _sku,
    "stock": _skus,
    "stockMoves": _sku,
    "productFamily": _family,
    "listingLink": _listing,
    "productsImport": _sheet,
    "productSave": _save,
    "productGroupDelete": _group,
    "priceListUpsert": _price_list,
    "priceList": _slug_of_list,
    "priceListArchive": _slug_of_list,
    "priceListItems": _list,
    "priceListItemsSet": _items,
    "priceListItemsImport": _items_sheet,
    "priceExplain": _explain,
    "stockReceive": _receive,
    "stockCorrect": _correct,
    "stockQuarantine": _quarantine,
    "stockRelease": _release,
    "stockTransfer": _transfer,
    "receiptNoteCreate": _receipt,
    "receiptNoteEdit": _receipt_edit,
    **dict.fromkeys(("receiptNote", "receiptNoteApprove", "receiptNoteCancel"), _made_receipt),
    "procurementOrdered": _ordered,
    "procurementCancel": _not_bought,
}
