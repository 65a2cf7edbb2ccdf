"""tradeDiscountArchive."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.discount import TradeDiscountArchiveInput, TradeDiscountResult
from domain.discounts.upsert import ArchiveDiscount, archive_discount
from domain.kernel.actor import Permission


async def _trade_discount_archive(info: Info, input: TradeDiscountArchiveInput) -> TradeDiscountResult:
    async def work(session: AsyncSession) -> Made:
        command = ArchiveDiscount(
            discount_id=id_of(input.id, "trade discount"), expected_version=input.expected_version
        )
        return made("TradeDiscount", (await archive_discount(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _trade_discount_archive,
    permission=Permission.DISCOUNTS_CREATE,
    description=(
        "Takes a trade discount out of use for good; its voucher is free for another. What orders got stays theirs, "
        "and its log stays. Repeated, it changes nothing more."
    ),
)
