"""What a mutation made, and its answer: read back fresh after the commit, and again for a repeated request."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select

from domain.calendar.set import calendar_of
from domain.kernel.refusals import NotFound
from domain.metafields.models import Owner
from domain.privacy.models import Erasure
from domain.reads import (
    access_rows,
    approval_rows,
    catalog_rows,
    channel_rows,
    customer_rows,
    discount_rows,
    group_rows,
    legal_rows,
    metafield_rows,
    people_rows,
    price_rows,
    procurement_rows,
    products_page,
    stock_rows,
)
from domain.reads.fulfilment_rows import Of
from domain.reads.rate_rows import rates_on

from .context import Context
from .lookahead import Selection
from .parts import catalog, metafields, pricing, stock
from .parts.accounts import make_accounts
from .parts.bulk import find_run
from .parts.discounts import make_discounts
from .parts.documents import find_delivery_notes, find_packing_lists
from .parts.estimates import estimates_by_key
from .parts.orders import orders_by_key
from .parts.people import channels_by_key, customer_group, customers_by_key
from .parts.procurement import make_requests
from .parts.shipments import find_shipments
from .parts.views import views
from .types import legal
from .types.access import ApiKeyCreated, make_key, make_role
from .types.approval import ApprovalRuleRemoved, make_rule
from .types.calendar import make_calendar
from .types.catalog import GroupDeleted, Listing, ProductsImported, RowProblem
from .types.channel import ChannelMapping, SyncStarted
from .types.connection import WebhookSecretRotated
from .types.currency import ExchangeRates, make_rate
from .types.dead_letters import DeadLettersRevived
from .types.diary import Replayed, Resolved
from .types.ids import gid
from .types.mapping import MappingKind, MappingRemoved
from .types.metafield import MetafieldsSet, make_definition, make_metafield
from .types.person import SessionsEnded, make_person
from .types.pricing import PriceListItemsSet
from .types.privacy import make_erasure
from .types.stock import StockReceived
from .types.team import TeamRemoved, make_team
from .types.view import OrderViewDeleted


@dataclass(frozen=True, slots=True)
class Made:
    """What a mutation made: `kind` says who renders the answer, from `data` (JSON: ids, counts). It is kept under the
    request's Idempotency-Key; `unkept` is not, and is gone when the request is repeated.
    """

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    unkept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return UUID(self.data["id"])


def made(kind: str, key: UUID) -> Made:
    """Something that has an id."""
    return Made(kind, {"id": str(key)})


async def answer(context: Context, result: Made, asked: Selection) -> Any:
    """The answer to a mutation. Raises the refusal that came of it later (a courier's)."""
    return await _ANSWERS[result.kind](context, result, asked)


async def _order(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return _there(await orders_by_key(context, connection, [result.id], asked), "order", result.id)


async def _estimate(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return _there(await estimates_by_key(context, connection, [result.id], asked), "estimate", result.id)


async def _erasure(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        row = await connection.execute(select(Erasure.__table__).where(Erasure.id == result.id))
    return make_erasure(row.one())


async def _bulk_run(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        return await find_run(context, connection, result.id)


async def _customer(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return _there(await customers_by_key(connection, [result.id], asked), "customer", result.id)


async def _customer_group(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await customer_rows.group_by_slug(connection, result.data["slug"])
    return customer_group(row)


async def _product_family(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        row = await products_page.family_by_id(connection, result.id)
        assert row is not None  # products are never deleted
        family = catalog.family(row, await products_page.variants_of(connection, [row.id]))
        if "metafields" in asked.get("variants", {}):
            await metafields.fill(connection, Owner.PRODUCT, family.variants)
    return family


async def _products_imported(_: Context, result: Made, __: Selection) -> Any:
    problems = [RowProblem(**problem) for problem in result.data["problems"]]
    return ProductsImported(**{**result.data, "problems": problems})


async def _product_group(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await group_rows.product_groups(connection, [result.id])
    return catalog.product_group(row)


async def _price_list(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        row = await price_rows.price_list_by_slug(connection, result.data["slug"])
        assert row is not None
        [found] = await pricing.price_lists(connection, [row], asked)
    return found


async def _price_list_items(context: Context, result: Made, asked: Selection) -> Any:
    found = await _price_list(context, result, asked.get("priceList", {}))
    return PriceListItemsSet(price_list=found, written=result.data["written"], removed=result.data["removed"])


async def _group_deleted(_: Context, result: Made, __: Selection) -> Any:
    return GroupDeleted(slug=result.data["slug"])


async def _delivery_note(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return _only(await find_delivery_notes(connection, Of.THEMSELVES, [result.id], asked))


async def _packing_list(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return _only(await find_packing_lists(connection, Of.THEMSELVES, [result.id], asked))


async def _shipment(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return _only(await find_shipments(context, connection, Of.THEMSELVES, [result.id], asked))


async def _channel(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        return (await channels_by_key(context, connection, [result.id], asked))[result.id]


async def _legal_entity(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        return legal.legal_entity((await legal_rows.legal_entity(connection, result.id)).legal_entity)


async def _invoice_series(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        return legal.invoice_series(await legal_rows.one_series(connection, result.data["prefix"]))


async def _courier_account(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        return make_accounts(context, await channel_rows.courier_accounts(connection, [result.id]))[0]


async def _webhook_secret_rotated(_: Context, result: Made, __: Selection) -> Any:
    until = result.data["old_until"]
    return WebhookSecretRotated(
        version=result.data["version"],
        told=result.data["told"],
        secret=result.unkept.get("secret"),
        old_until=None if until is None else datetime.fromisoformat(until),
    )


async def _product(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        row = await catalog_rows.variant_by_id(connection, result.id)
        if row is None:
            raise NotFound("product", result.id)
        product = catalog.product(row)
        if "metafields" in asked:
            await metafields.fill(connection, Owner.PRODUCT, [product])
    return product


async def _metafield_definition(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await metafield_rows.definition_by_id(connection, result.id)
    return make_definition(row)


async def _metafields_set(context: Context, result: Made, _: Selection) -> Any:
    owner = Owner(result.data["owner"])
    async with context.read() as connection:
        rows = await metafield_rows.values_of(connection, owner, [result.id])
    return MetafieldsSet(owner=owner, id=gid(result.id), metafields=[make_metafield(row) for row in rows])


async def _stock(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        rows = await catalog_rows.stock_levels(connection, result.data["skus"], result.data["warehouse"])
    return StockReceived(lines=[catalog.stock_level(row) for row in rows])


async def _warehouse(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await stock_rows.warehouses(connection, result.data["code"])
    return stock.warehouse(row)


async def _receipt_note(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        rows = await stock_rows.receipts_by_id(connection, [result.id])
        [note] = await stock.make_receipts(connection, rows, asked)
    return note


async def _procurement_request(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        rows = await procurement_rows.request_by_id(connection, result.id)
        [request] = await make_requests(context, connection, rows, asked)
    return request


async def _dead_letters_revived(_: Context, result: Made, __: Selection) -> Any:
    return DeadLettersRevived(count=result.data["count"])


async def _replayed(_: Context, result: Made, __: Selection) -> Any:
    return Replayed(count=result.data["count"])


async def _resolved(_: Context, result: Made, __: Selection) -> Any:
    return Resolved(count=result.data["count"])


async def _sync(_: Context, result: Made, __: Selection) -> Any:
    return SyncStarted(run_id=result.data["id"])


async def _mapping(_: Context, result: Made, __: Selection) -> Any:
    return ChannelMapping(**{**result.data, "kind": MappingKind[result.data["kind"]]})


async def _mapping_removed(_: Context, result: Made, __: Selection) -> Any:
    return MappingRemoved(**{**result.data, "kind": MappingKind[result.data["kind"]]})


async def _listing(_: Context, result: Made, __: Selection) -> Any:
    return Listing(**result.data)


async def _role(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await access_rows.role_by_id(connection, result.id)
    return make_role(row)


async def _api_key(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await access_rows.key_by_id(connection, result.id)
    return make_key(row)


async def _api_key_created(context: Context, result: Made, asked: Selection) -> Any:
    return ApiKeyCreated(api_key=await _api_key(context, result, asked), secret=result.unkept.get("secret"))


async def _person(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        [row] = await people_rows.person_by_id(connection, result.id)
    return make_person(row)


async def _sessions_ended(_: Context, result: Made, __: Selection) -> Any:
    return SessionsEnded(count=result.data["count"])


async def _team(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        rows = await access_rows.team_by_id(connection, result.id)
    if not rows:
        raise NotFound("team", result.id)
    return make_team(rows[0])


async def _team_removed(_: Context, result: Made, __: Selection) -> Any:
    return TeamRemoved(slug=result.data["slug"])


async def _approval_rule(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        rows = await approval_rows.rule_by_id(connection, result.id)
    if not rows:
        raise NotFound("approval rule", result.id)
    return make_rule(rows[0])


async def _approval_rule_removed(_: Context, result: Made, __: Selection) -> Any:
    return ApprovalRuleRemoved(name=result.data["name"])


async def _exchange_rates(context: Context, result: Made, _: Selection) -> Any:
    day = date.fromisoformat(result.data["day"])
    async with context.read() as connection:
        rows = await rates_on(connection, day)
    return ExchangeRates(day=day, rates=[make_rate(row) for row in rows])


async def _business_calendar(context: Context, _: Made, __: Selection) -> Any:
    async with context.read() as connection:
        return make_calendar(await calendar_of(connection))


async def _trade_discount(context: Context, result: Made, asked: Selection) -> Any:
    async with context.read() as connection:
        rows = await discount_rows.discounts_by_id(connection, [result.id])
        return (await make_discounts(connection, rows, asked))[0]


async def _order_view(context: Context, result: Made, _: Selection) -> Any:
    async with context.read() as connection:
        found = await views(context, connection)
    for one in found:
        if one.id == result.data["id"]:
            return one
    raise NotFound("view", result.id, path=("id",))


async def _order_view_deleted(_: Context, result: Made, __: Selection) -> Any:
    return OrderViewDeleted(id=result.data["id"])


def _there(found: Mapping[UUID, Any], what: str, key: UUID) -> Any:
    """What was made, unless it left the caller's view before a repeated request is answered. Raises NotFound."""
    if key not in found:
        raise NotFound(what, key)
    return found[key]


def _only(found: Mapping[UUID, list[Any]]) -> Any:
    [group] = found.values()
    [one] = group
    return one


Answer: TypeAlias = Callable[[Context, Made, Selection], Awaitable[Any]]

_ANSWERS: Mapping[str, Answer] = {
    "BulkRun": _bulk_run,
    "OrderView": _order_view,
    "OrderViewDeleted": _order_view_deleted,
    "Order": _order,
    "Estimate": _estimate,
    "Customer": _customer,
    "Erasure": _erasure,
    "CustomerGroup": _customer_group,
    "ProductGroup": _product_group,
    "ProductFamily": _product_family,
    "ProductsImported": _products_imported,
    "GroupDeleted": _group_deleted,
    "PriceList": _price_list,
    "PriceListItems": _price_list_items,
    "DeliveryNote": _delivery_note,
    "PackingList": _packing_list,
    "Shipment": _shipment,
    "Channel": _channel,
    "LegalEntity": _legal_entity,
    "InvoiceSeries": _invoice_series,
    "CourierAccount": _courier_account,
    "WebhookSecretRotated": _webhook_secret_rotated,
    "Product": _product,
    "MetafieldDefinition": _metafield_definition,
    "MetafieldsSet": _metafields_set,
    "StockReceived": _stock,
    "Warehouse": _warehouse,
    "ReceiptNote": _receipt_note,
    "ProcurementRequest": _procurement_request,
    "DeadLettersRevived": _dead_letters_revived,
    "Replayed": _replayed,
    "Resolved": _resolved,
    "SyncStarted": _sync,
    "Mapping": _mapping,
    "MappingRemoved": _mapping_removed,
    "Listing": _listing,
    "Role": _role,
    "ApiKey": _api_key,
    "ApiKeyCreated": _api_key_created,
    "Person": _person,
    "SessionsEnded": _sessions_ended,
    "Team": _team,
    "TeamRemoved": _team_removed,
    "ExchangeRates": _exchange_rates,
    "ApprovalRule": _approval_rule,
    "ApprovalRuleRemoved": _approval_rule_removed,
    "BusinessCalendar": _business_calendar,
    "TradeDiscount": _trade_discount,
}
