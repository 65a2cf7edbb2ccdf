"""tradeDiscountUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.discount import TradeDiscountInput, TradeDiscountResult
from domain.discounts.input import UpsertDiscount
from domain.discounts.upsert import upsert_discount
from domain.kernel.actor import Permission


async def _trade_discount_upsert(info: Info, input: TradeDiscountInput) -> TradeDiscountResult:
    async def work(session: AsyncSession) -> Made:
        return made("TradeDiscount", (await upsert_discount(session, info.context.actor, _command(input))).id)

    return await change(info, work)


def _command(input: TradeDiscountInput) -> UpsertDiscount:
    return UpsertDiscount(
        id=None if input.id is None else id_of(input.id, "trade discount"),
        expected_version=input.expected_version,
        name=input.name,
        starts_at=input.starts_at,
        ends_at=input.ends_at,
        formal=input.formal.value,
        value=input.value,
        currency=input.currency,
        minimum_order_value=input.minimum_order_value,
        voucher=input.voucher,
        clients=input.clients,
        client_groups=input.client_groups,
        items=input.items,
        item_groups=input.item_groups,
        channels=input.channels,
        stores=input.stores,
        limit_total=input.limit_total,
        limit_per_client=input.limit_per_client,
        stacks=input.stacks,
        priority=input.priority,
        active=input.active,
    )


field = root(
    _trade_discount_upsert,
    permission=Permission.DISCOUNTS_CREATE,
    description=(
        "Makes a trade discount, or with an id writes one anew. Every wrong field is named at once; rules without "
        "voucher that do not stack and may meet at the same priority are refused (OVERLAPS). Repeated without an "
        "Idempotency-Key or id, it makes another."
    ),
)
