"""Tokens that go out by mail: whoever sends one back has read the mail, and may set a password (spec SEC-2).

A token is made when its mail is sent, and only its hash is kept: neither the database nor the outbox could give it
away. A mail that is sent again because nobody knows whether it went out has a new token, and both are good.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest, new_secret

from .models import MailToken, TokenKind

PREFIX = "omnit_"
"""By which a token that leaked is recognised for what it is."""
LIVES = {TokenKind.RESET: timedelta(hours=1), TokenKind.INVITATION: timedelta(days=7)}
MOST_AN_HOUR = 5
"""Mails of a kind that a person is sent in an hour."""
_LONGEST = 200
_KEPT = timedelta(days=7)
"""How long one that has ended is kept: it counts towards the mails of an hour."""


async def make_token(session: AsyncSession, user_id: UUID, kind: TokenKind, mail: int | None) -> str | None:
    """A token for this person; those of other mails of its kind end. `mail` is the piece of work that sends it, None
    for a link that is handed over. None where the person was sent enough of this kind within the hour. Other kinds are
    left alone: a stranger who asks for a reset neither ends an invitation nor keeps it from being sent. The person must
    be locked."""
    now = utc_now()
    others = (
        MailToken.user_id == user_id,
        MailToken.kind == kind,
        MailToken.mail.is_distinct_from(mail) if mail else MailToken.id.is_not(None),
    )
    if mail is not None:
        sent = select(func.count(MailToken.mail.distinct()))
        lately = await session.scalar(sent.where(*others, MailToken.created_at > now - timedelta(hours=1)))
        if (lately or 0) >= MOST_AN_HOUR:
            return None
    quietly = {"synchronize_session": False}
    gone = MailToken.user_id == user_id, MailToken.expires_at < now - _KEPT
    await session.execute(delete(MailToken).where(*gone), execution_options=quietly)
    unused = update(MailToken).where(*others, MailToken.used_at.is_(None))
    await session.execute(unused.values(used_at=now), execution_options=quietly)
    token = PREFIX + new_secret()
    session.add(
        MailToken(
            id=new_id(),
            user_id=user_id,
            kind=kind,
            token_hash=digest(token),
            mail=mail,
            created_at=now,
            expires_at=now + LIVES[kind],
        )
    )
    await session.flush()
    return token


async def token_owner(session: AsyncSession, token: str) -> UUID | None:
    """Whose token this is; None for one that never was, was used, or has expired. It is not used up by asking."""
    if not token.startswith(PREFIX) or len(token) > _LONGEST:
        return None
    query = select(MailToken.user_id).where(MailToken.token_hash == digest(token))
    return await session.scalar(query.where(MailToken.used_at.is_(None), MailToken.expires_at > utc_now()))


async def use_tokens(session: AsyncSession, user_id: UUID) -> None:
    """All that the person was sent ends: one of them was used, or the password was set in another way."""
    unused = update(MailToken).where(MailToken.user_id == user_id, MailToken.used_at.is_(None))
    await session.execute(unused.values(used_at=utc_now()), execution_options={"synchronize_session": False})
