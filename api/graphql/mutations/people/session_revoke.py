"""sessionRevoke."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import SessionsEndedResult
from domain.access.log_out import revoke_session


async def _session_revoke(info: Info, id: strawberry.ID) -> SessionsEndedResult:
    async def work(session: AsyncSession) -> Made:
        return Made("SessionsEnded", {"count": await revoke_session(session, info.context.actor, id_of(id, "session"))})

    result: SessionsEndedResult = await change(info, work)
    info.context.services.callers.forget()
    return result


field = root(
    _session_revoke,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description=(
        "Ends a session within seconds everywhere: one of your own or, with access.edit and no limited view, that of "
        "somebody whose roles you could give. Repeated, it changes nothing."
    ),
)
