"""Accounts at far sides, be they channels or couriers': found for a change, under their row's lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.clock import utc_now
from domain.kernel.old_secrets import open_old, retire, seal_old
from domain.kernel.refusals import NotFound, StaleVersion
from domain.kernel.secrets import Vault, WrongKeyError
from domain.shipping.models import CourierAccount

Account: TypeAlias = Channel | CourierAccount

CHANNEL, COURIER = "channel", "courier"
NOUNS = {CHANNEL: "channel", COURIER: "courier account"}


@dataclass(frozen=True, slots=True)
class Locked:
    """An account whose row is locked until the transaction ends; `kind` is channel or courier."""

    kind: str
    account: Account

    @property
    def place(self) -> str:
        """Where the vault binds its credentials to."""
        return f"{self.kind}:{self.account.id}"


async def lock_channel(session: AsyncSession, channel_id: UUID, expected_version: int) -> Locked:
    """Raises `NotFound` and `StaleVersion`."""
    return _checked(CHANNEL, await _locked(session, Channel, channel_id), channel_id, expected_version)


async def lock_courier(session: AsyncSession, account_id: UUID, expected_version: int) -> Locked:
    """Raises `NotFound` and `StaleVersion`."""
    return _checked(COURIER, await _locked(session, CourierAccount, account_id), account_id, expected_version)


async def lock_account(session: AsyncSession, account_id: UUID, expected_version: int) -> Locked:
    """The channel or, if there is none, the courier account with this id. Raises `NotFound` and `StaleVersion`."""
    channel = await _locked(session, Channel, account_id)
    if channel is not None:
        return _checked(CHANNEL, channel, account_id, expected_version)
    return await lock_courier(session, account_id, expected_version)


async def _locked(session: AsyncSession, model: type[Account], key: UUID) -> Account | None:
    """Orders may be written meanwhile: their foreign key asks for no more than that the row stays."""
    found: Account | None = await session.get(model, key, with_for_update={"key_share": True}, populate_existing=True)
    return found


def _checked(kind: str, account: Account | None, key: UUID, expected: int) -> Locked:
    if account is None:
        raise NotFound(NOUNS[kind], key, path=("id",))
    if account.version != expected:
        raise StaleVersion(NOUNS[kind], expected=expected, current=account.version, key=account.id)
    return Locked(kind, account)


def credentials_of(locked: Locked, vault: Vault) -> dict[str, Any]:
    """What is stored. What cannot be opened, since the house's key was lost, is as if it were not there: it can only
    be entered anew.
    """
    sealed = locked.account.credentials
    try:
        return {} if sealed is None else dict(vault.open(sealed, locked.place))
    except WrongKeyError:
        return {}


def keep_credentials(locked: Locked, vault: Vault, credentials: Mapping[str, Any]) -> None:
    locked.account.credentials = vault.seal(dict(credentials), locked.place) if credentials else None


def retire_secret(locked: Locked, vault: Vault, before: str | None, after: str | None, keep: timedelta) -> None:
    """Has the webhook secret of before hold for `keep` from now on; with none, no old one holds any more."""
    account, now = locked.account, utc_now()
    try:
        known = open_old(vault, account.old_secrets, locked.kind, account.id)
    except WrongKeyError:
        known = []
    old = retire(known, before, after, now=now, until=now + keep)
    account.old_secrets = seal_old(vault, old, locked.kind, account.id)
    account.old_secrets_until = max((one.until for one in old), default=None)


def touched(account: Account) -> datetime:
    """Notes a change; returns its time."""
    account.version += 1
    account.updated_at = utc_now()
    return account.updated_at
