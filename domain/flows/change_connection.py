"""Changing how an account reaches its far side: settings and credentials (spec CHN-3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.catalog.models import Listing
from domain.channels.models import SyncCursor
from domain.intake.models import InboxItem
from domain.kernel.actor import Actor
from domain.kernel.connector_state import ConnectorState
from domain.kernel.refusals import invalid
from domain.kernel.secrets import Vault
from domain.orders.models import Order

from .accounts import CHANNEL, Locked, credentials_of, keep_credentials, retire_secret, touched
from .release_account import release_account

KEPT_USUALLY = timedelta(hours=24)
"""How long an old webhook secret holds, where nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeConnection:
    """`settings` and `credentials` are whole, as they are to be stored, and were validated by the caller.

    `secret_field` names the credential with which the far side signs its webhooks. `moved` holds the settings that say
    which far side it is and have another value now, with their old one; `same_store`: it is the same one all the same.
    """

    settings: Mapping[str, Any]
    settings_version: int
    credentials: Mapping[str, Any] = field(repr=False)
    secret_field: str | None = None
    moved: Mapping[str, object] = field(default_factory=dict)
    same_store: bool = False


async def change_connection(
    session: AsyncSession, actor: Actor, locked: Locked, command: ChangeConnection, vault: Vault
) -> bool:
    """Stores it, and puts back to work what waited for the account; says whether anything is new.

    A webhook secret that is replaced holds for `KEPT_USUALLY` beside the new one. Raises `Invalid` where a channel
    that has something of its store is turned to another.
    """
    account = locked.account
    before = credentials_of(locked, vault)
    changed = sorted(
        name for name in {*before, *command.credentials} if before.get(name) != command.credentials.get(name)
    )
    unchanged = (command.settings, command.settings_version) == (account.settings, account.settings_version)
    if unchanged and not changed:
        return False
    if command.moved and not command.same_store:
        await _begin_anew(session, locked, command.moved)
    record(
        session,
        actor,
        f"{locked.kind}.connection_set",
        locked.kind,
        account.id,
        title=account.title,
        before={"settings": account.settings, "entered": []},
        after={"settings": command.settings, "entered": changed},
    )
    account.settings = dict(command.settings)
    account.settings_version = command.settings_version
    if changed:
        keep_credentials(locked, vault, command.credentials)
    name = command.secret_field
    if name is not None and name in changed:
        retire_secret(locked, vault, before.get(name), command.credentials.get(name), KEPT_USUALLY)
    touched(account)
    await session.flush()
    await release_account(session, locked)
    return True


async def _begin_anew(session: AsyncSession, locked: Locked, moved: Mapping[str, object]) -> None:
    """Another store: what we remember of the old one's paging and tokens means nothing there."""
    account_id = locked.account.id
    if locked.kind == CHANNEL and await session.scalar(select(_has_something(account_id))):
        name, old = next(iter(moved.items()))
        raise invalid(
            ("settings", name),
            "OTHER_STORE",
            f"This channel has orders or products of {old}. Make a new channel for another store; if it is the same "
            "store under a new address, say sameStore.",
        )
    await session.execute(delete(SyncCursor).where(SyncCursor.channel_id == account_id))
    await session.execute(delete(ConnectorState).where(ConnectorState.account_id == account_id))


def _has_something(channel_id: object) -> ColumnElement[bool]:
    return or_(*(exists().where(model.channel_id == channel_id) for model in (Order, InboxItem, Listing)))
