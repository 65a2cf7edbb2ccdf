"""logOut."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.cookies import forgotten
from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import SessionsEndedResult
from domain.access.log_out import log_out


async def _log_out(info: Info) -> SessionsEndedResult:
    caller = info.context.caller

    async def work(session: AsyncSession) -> Made:
        login = None if caller is None else caller.login
        return Made("SessionsEnded", {"count": await log_out(session, login.id if login else None)})

    result: SessionsEndedResult = await change(info, work)
    info.context.services.callers.forget()
    if caller is not None and caller.proof.by_cookie:
        info.context.cookie = forgotten(info.context.request, info.context.services.settings)
    return result


field = root(
    _log_out,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description="Ends the session that you call with, and all that goes on in it, at once. A key has none.",
)
