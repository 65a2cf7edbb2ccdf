"""Who changes rights is looked at anew, inside the change itself (spec SEC-2).

A process remembers callers for seconds. That long somebody who was sent away in another process could still read; but
a key, a person or a role that they made in that time would stay for good.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import nobody
from domain.access.callers import hold_caller
from domain.kernel.actor import Permission

from .context import Info
from .fields import notes_of
from .permissions import Need, forbidden


async def look_again(info: Info, session: AsyncSession) -> None:
    """Before a root field that needs `access.edit` does its work: makes the context's actor who the caller is now.

    Raises `RequestRefused` (401) for a caller who has ended, and the `GraphQLError` FORBIDDEN for one who may not do
    this any more.
    """
    raw, context = info._raw_info, info.context
    notes = notes_of(raw.parent_type.fields[raw.field_name])
    if notes.permission is not Permission.ACCESS_EDIT:
        return
    if context.caller is None:
        raise nobody()
    await hold_caller(session, context.actor)
    actor = (await context.services.callers.now(session, context.caller.proof)).actor
    for error in forbidden((Need(f"Mutation.{raw.field_name}", notes.permission, notes.rows),), actor):
        raise error
    context.actor = actor
