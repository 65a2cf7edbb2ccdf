"""Logging out: this session, all of one's own, or one that is named (spec SEC-2)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.refusals import NotFound, invalid

from .models import UserSession
from .people_rules import locked_person
from .sessions import end_session, end_sessions


async def log_out(session: AsyncSession, session_id: UUID | None) -> int:
    """Ends the session that one calls with; how many ended. Raises Invalid for who has none: a key."""
    if session_id is None:
        raise invalid((), "NO_SESSION", "You call with a key, which has no session: end it with apiKeyRevoke.")
    return await end_session(session, session_id)


async def log_out_everywhere(session: AsyncSession, actor: Actor) -> int:
    """Ends all sessions of the person who calls, this one too; how many ended. Raises Invalid for who is no person."""
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise invalid((), "NO_SESSION", "You call with a key, which has no session: end it with apiKeyRevoke.")
    return await end_sessions(session, actor.id)


async def revoke_session(session: AsyncSession, actor: Actor, session_id: UUID) -> int:
    """Ends a session: one's own, or with `access.edit` and no limited view that of somebody whose roles one holds. One
    that is ended stays as it is; how many ended. Raises NotFound (also for one that is not one's to end) and Invalid.
    """
    found = await session.get(UserSession, session_id)
    own = found is not None and actor.kind is ActorKind.PERSON and found.user_id == actor.id
    others = actor.may(Permission.ACCESS_EDIT) and actor.scope.everything
    if found is None or not (own or others):
        raise NotFound("session", session_id, path=("id",))
    if own:
        return await end_session(session, session_id)
    user = await locked_person(session, actor, found.user_id)
    ended = await end_session(session, session_id)
    if ended:
        record(session, actor, "person.session_end", "person", user.id, title=user.name)
    return ended
