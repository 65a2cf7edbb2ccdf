"""logOutEverywhere."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.cookies import forgotten
from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import SessionsEndedResult
from domain.access.log_out import log_out_everywhere


async def _log_out_everywhere(info: Info) -> SessionsEndedResult:
    async def work(session: AsyncSession) -> Made:
        return Made("SessionsEnded", {"count": await log_out_everywhere(session, info.context.actor)})

    result: SessionsEndedResult = await change(info, work)
    info.context.services.callers.forget()
    caller = info.context.caller
    if caller is not None and caller.proof.by_cookie:
        info.context.cookie = forgotten(info.context.request, info.context.services.settings)
    return result


field = root(
    _log_out_everywhere,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description="Ends all your sessions, this one too, within seconds everywhere. A key has none.",
)
