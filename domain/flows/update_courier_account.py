"""Changing what a courier account is called, whether it is used, and when its orders count as handed over."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.refusals import Problem
from domain.shipping.models import CourierAccount, ShippingStarts

from .accounts import Locked, touched

_LEFT_OUT = ("settings", "credentials", "old_secrets", "old_secrets_until", "settings_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCourierAccount:
    """What is None stays as it is."""

    title: str | None = None
    enabled: bool | None = None
    shipping_starts: ShippingStarts | None = None


def update_problems(command: UpdateCourierAccount) -> list[Problem]:
    if command.title is not None and not command.title.strip():
        return [Problem(("title",), "MISSING", "Give the account a title.")]
    return []


async def update_courier_account(
    session: AsyncSession, actor: Actor, locked: Locked, command: UpdateCourierAccount
) -> None:
    """Changes it for shipments to come; the caller has looked at `update_problems`. An account that
    is switched off takes no new AWBs and is asked for no tracking; its webhooks are stored and read.
    """
    account = locked.account
    assert isinstance(account, CourierAccount)
    before = snapshot(account, without=_LEFT_OUT)
    if command.title is not None:
        account.title = command.title.strip()
    if command.enabled is not None:
        account.enabled = command.enabled
    if command.shipping_starts is not None:
        account.shipping_starts = command.shipping_starts
    after = snapshot(account, without=_LEFT_OUT)
    if before != after:
        record(session, actor, "courier.update", "courier", account.id, title=account.title, before=before, after=after)
        touched(account)
        await session.flush()
