"""A new webhook secret for an account, while the old one holds for a time (spec SEC-3)."""

from dataclasses import dataclass
from dataclasses import field as described
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import Problem
from domain.kernel.secrets import Vault

from .accounts import Locked, credentials_of, keep_credentials, retire_secret, touched

ENSURE_WEBHOOKS = "ensure_webhooks"
LONGEST_HOURS = 720
"""Thirty days; a far side that still signs with the old secret then was never told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSecret:
    """`secret` becomes the credential `field`. `tell`: the connector tells the far side by itself, soon."""

    field: str
    secret: str = described(repr=False)
    keep_old_hours: int
    tell: bool


def hours_problem(hours: int) -> Problem | None:
    if 0 <= hours <= LONGEST_HOURS:
        return None
    return Problem(("keepOldHours",), "OUT_OF_RANGE", f"Give whole hours from 0 to {LONGEST_HOURS}.")


async def rotate_secret(
    session: AsyncSession, actor: Actor, locked: Locked, command: RotateSecret, vault: Vault
) -> None:
    """Stores it, and asks in the same transaction that the far side is told: killed in between, it is told later."""
    account = locked.account
    credentials = credentials_of(locked, vault)
    keep = timedelta(hours=command.keep_old_hours)
    retire_secret(locked, vault, credentials.get(command.field), command.secret, keep)
    keep_credentials(locked, vault, {**credentials, command.field: command.secret})
    record(
        session,
        actor,
        f"{locked.kind}.webhook_key_rotated",
        locked.kind,
        account.id,
        title=account.title,
        after={"keep_old_hours": command.keep_old_hours},
    )
    touched(account)
    await session.flush()
    if command.tell:
        payload = {"channel_id": str(account.id)}
        await enqueue(session, ENSURE_WEBHOOKS, f"channel:{account.id}", payload, coalesce=True)
