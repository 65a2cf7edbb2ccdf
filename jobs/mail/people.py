"""The letters that people of the staff get: how to set a password (spec SEC-2)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.links import link_of
from domain.access.mail_tokens import LIVES, make_token
from domain.access.models import TokenKind, User
from domain.access.reset_password import INVITATION, RESET
from domain.kernel.clock import utc_now
from domain.kernel.settings import Settings
from jobs.work import Work

from .letters import Letter, filled

KINDS: Mapping[str, TokenKind] = {RESET: TokenKind.RESET, INVITATION: TokenKind.INVITATION}
"""By the name that stands in the outbox row."""


async def person_letter(session: AsyncSession, settings: Settings, work: Work) -> Letter | None:
    """The letter with a new token; None when there is nobody to write to, when it is out of date, or when the person
    was sent enough of them lately."""
    kind = KINDS[work.payload["letter"]]
    user = await _recipient(session, kind, work.payload)
    if user is None:
        return None
    token = await make_token(session, user.id, kind, work.id)
    if token is None:
        return None
    words = {"name": user.name, "link": link_of(settings, kind, token), "by": work.payload.get("by", "")}
    return filled(work.payload["letter"], about=f"{work.payload['letter']}:{work.id}", to=user.email, words=words)


async def _recipient(session: AsyncSession, kind: TokenKind, payload: Mapping[str, str]) -> User | None:
    query = select(User).where(User.disabled_at.is_(None)).with_for_update()
    if kind is TokenKind.INVITATION:
        return await session.scalar(query.where(User.id == payload["user_id"], User.password_hash.is_(None)))
    if utc_now() > datetime.fromisoformat(payload["asked_at"]) + LIVES[kind]:
        return None  # the mail server was away for so long that the person has asked again, or given up
    return await session.scalar(query.where(User.email == payload["email"]))
