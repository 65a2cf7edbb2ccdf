"""Giving a program a key of its own (spec SEC-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record_written
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.secrets import digest, new_secret

from .limits import find_team, limit_problems
from .models import ApiKey
from .roles import end_of, known_roles, outlives
from .rules import MAX_KEYS, permission_problems, role_problems, title_problems

PREFIX = "omni_"
"""By which a key that leaked is recognised for what it is."""
SHOWN = 4
"""The last characters of a secret, by which people tell keys apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKey:
    """`roles` are slugs; `expires_at` None: it ends when it is revoked. `team` is a slug; None: all channels."""

    name: str
    permissions: Sequence[str] = ()
    roles: Sequence[str] = ()
    expires_at: datetime | None = None
    team: str | None = None
    seller: str | None = None
    own_orders_only: bool = False


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """The key's row, and its secret, which is kept nowhere."""

    key: ApiKey
    secret: str


async def create_key(session: AsyncSession, actor: Actor, command: CreateKey) -> CreatedKey:
    """Makes a key. Nobody can give what they may not do themselves, and no key gives a later end than its own.

    Raises Invalid naming every field.
    """
    now = utc_now()
    known, own_end = await known_roles(session), await end_of(session, actor)
    problems = [*title_problems(("name",), command.name), *permission_problems(actor, command.permissions)]
    problems += role_problems(actor, command.roles, known)
    if not command.permissions and not command.roles:
        problems.append(Problem(("permissions",), "MISSING", "Give the key a permission or a role."))
    if command.expires_at is not None and command.expires_at <= now:
        problems.append(Problem(("expiresAt",), "IN_THE_PAST", "Give a time to come, or none."))
    elif own_end is not None and outlives(command.expires_at, own_end):
        message = f"The key that you call with ends at {own_end:%Y-%m-%dT%H:%M:%SZ}. Give a time that is no later."
        problems.append(Problem(("expiresAt",), "NOT_YOURS", message))
    problems += limit_problems(command.seller, command.own_orders_only)
    team, unknown = await find_team(session, command.team)
    problems += unknown
    lasting = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    in_force = await session.scalar(select(func.count()).where(ApiKey.revoked_at.is_(None), lasting))
    if (in_force or 0) >= MAX_KEYS:
        problems.append(Problem(("name",), "TOO_MANY", f"At most {MAX_KEYS} keys are in force; revoke one first."))
    if problems:
        raise Invalid(problems)
    secret = PREFIX + new_secret()
    key = ApiKey(
        name=command.name.strip(),
        key_hash=digest(secret),
        permissions=sorted(set(command.permissions)),
        roles=sorted(set(command.roles)),
        created_by=actor.label,
        created_at=now,
        expires_at=command.expires_at,
        hint=secret[-SHOWN:],
        seller=(command.seller or "").strip() or None,
        own_orders_only=command.own_orders_only,
        team_id=team.id if team else None,
    )
    session.add(key)
    await session.flush()
    record_written(session, actor, "api_key", key, None, title=key.name)
    return CreatedKey(key, secret)
