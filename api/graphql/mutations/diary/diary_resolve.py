"""diaryResolve."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.diary import ResolveResult
from domain.flows.resolve_entries import resolve_entries
from domain.kernel.actor import Permission


async def _diary_resolve(info: Info, ids: list[strawberry.ID]) -> ResolveResult:
    async def work(session: AsyncSession) -> Made:
        entries = [id_of(one, "diary entry", "ids") for one in ids]
        return Made("Resolved", {"count": await resolve_entries(session, info.context.actor, entries)})

    return await change(info, work)


field = root(
    _diary_resolve,
    rows=Rows.SCOPED,
    permission=Permission.SYNC_RUN,
    description=(
        "Closes open diary entries that a person has seen to. An entry that waits is refused: it ends by itself once "
        "its cause is mended. Repeated, it changes nothing."
    ),
)
