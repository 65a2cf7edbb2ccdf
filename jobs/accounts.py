"""Accounts as connectors see them: a channel's store, a courier's contract; and the calls to their far sides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from structlog.contextvars import get_contextvars

from domain.channels.models import Channel, ChannelMapping
from domain.diary.entries import Note, open_standing
from domain.diary.models import DiaryEntry, DiaryState
from domain.kernel.clock import utc_now
from domain.kernel.old_secrets import OldSecret, open_old
from domain.kernel.refusals import NotFound
from domain.kernel.secrets import WrongKeyError
from domain.shipping.models import CourierAccount
from omnisales_sdk import Context, Manifest, TryLater
from plugins.host import InvalidAccount, build_context, webhook_secrets

from .breaker import Breaker
from .budget import RateBudget
from .runtime import Runtime
from .signals import AccountUnfit, NotNow
from .state import AccountLocks, DatabaseState

UNREADABLE = "credentials:unreadable"
"""The cause under which a person is told that a channel's credentials are under a key that we do not have."""

OFFLINE_HOOKS = frozenset({"parse_webhook", "parse_order", "parse_tracking"})
"""Hooks that call nobody: the breaker neither stops nor counts them."""


@dataclass(frozen=True, slots=True)
class Account:
    """One configured account. `mappings` is by kind, source to target; couriers have none. `revision` counts its
    changes; `old_secrets` are webhook secrets before the current one, expired ones too.
    """

    id: UUID
    kind: str
    slug: str
    connector: str
    enabled: bool
    settings: Mapping[str, Any]
    credentials: Mapping[str, Any]
    mappings: Mapping[str, Mapping[str, str]]
    settings_version: int
    revision: int
    old_secrets: Sequence[OldSecret] = ()

    @property
    def label(self) -> str:
        return f"{self.connector}:{self.slug}"


_NAMES = (
    *("id", "slug", "connector", "enabled", "settings", "credentials"),
    *("settings_version", "version", "old_secrets"),
)
_CHANNEL = select(*(Channel.__table__.c[name] for name in _NAMES))
_COURIER = select(*(CourierAccount.__table__.c[name] for name in _NAMES))
_MAPPINGS = select(ChannelMapping.kind, ChannelMapping.source, ChannelMapping.target)


async def channel_account(runtime: Runtime, channel_id: UUID) -> Account:
    """Raises `NotFound`; `WrongKeyError`, which a person is told too."""
    async with runtime.database.read() as connection:
        mappings: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for kind, source, target in await connection.execute(_MAPPINGS.where(ChannelMapping.channel_id == channel_id)):
            mappings[kind.value][source] = target
        row = (await connection.execute(_CHANNEL.where(Channel.id == channel_id))).first()
    try:
        return _account(runtime, "channel", channel_id, row, mappings)
    except WrongKeyError as error:
        async with runtime.database.begin() as session:
            if await session.scalar(_told(channel_id)) is None:
                await open_standing(session, _unreadable(channel_id, error))
        raise


async def courier_account(runtime: Runtime, account_id: UUID) -> Account:
    """Raises `NotFound` and `WrongKeyError`."""
    async with runtime.database.read() as connection:
        row = (await connection.execute(_COURIER.where(CourierAccount.id == account_id))).first()
    return _account(runtime, "courier", account_id, row, {})


def _told(channel_id: UUID) -> Select[UUID]:
    """Much work may wait for the key: the first of it tells, and the others are no news."""
    return select(DiaryEntry.id).where(
        DiaryEntry.channel_id == channel_id, DiaryEntry.cause == UNREADABLE, DiaryEntry.state == DiaryState.OPEN
    )


def _unreadable(channel_id: UUID, error: WrongKeyError) -> Note:
    return Note(
        channel_id=channel_id,
        cause=UNREADABLE,
        message="The channel's credentials cannot be read: nothing is fetched or pushed, and what is to be done waits.",
        remedy=str(error),
    )


def _account(runtime: Runtime, kind: str, account_id: UUID, row: Any, mappings: Mapping[str, Any]) -> Account:
    if row is None:
        raise NotFound(f"{kind} account", account_id)
    credentials = {} if row.credentials is None else runtime.vault.open(row.credentials, f"{kind}:{row.id}")
    return Account(
        id=row.id,
        kind=kind,
        slug=row.slug,
        connector=row.connector,
        enabled=row.enabled,
        settings=row.settings,
        credentials=credentials,
        mappings=mappings,
        settings_version=row.settings_version,
        revision=row.version,
        old_secrets=open_old(runtime.vault, row.old_secrets, kind, row.id),
    )


@dataclass(frozen=True, slots=True)
class FarSide:
    """An account with its connector, ready to be called."""

    runtime: Runtime
    account: Account
    manifest: Manifest
    ctx: Context[Any, Any]
    breaker: Breaker

    def supports(self, hook: str) -> bool:
        return self.runtime.host.supports(self.manifest.key, hook)

    def call(self, hook: str, **arguments: Any) -> Any:
        """Calls a hook on this thread. Raises what `Host.call` raises; `NotNow` without a call while the far side
        does not answer lately.
        """
        if hook in OFFLINE_HOOKS:
            return self.runtime.host.call(self.manifest.key, hook, self.ctx, **arguments)
        self.breaker.check()
        try:
            answer = self.runtime.host.call(self.manifest.key, hook, self.ctx, **arguments)
        except TryLater as later:
            # With a time of its own it is a busy far side, and one that answers.
            if later.after is None and not isinstance(later, NotNow):
                self.breaker.failed()
            raise
        self.breaker.answered()
        return answer


def far_side(runtime: Runtime, account: Account) -> FarSide:
    """Raises `NotLoaded`, and `AccountUnfit` where its settings or credentials do not fit the connector.

    A changed account is tried at once: the breaker is that of its revision.
    """
    manifest = runtime.host.manifest(account.connector)
    try:
        ctx = _context(runtime, account, manifest)
    except InvalidAccount as fault:
        raise AccountUnfit(account.kind, account.id, fault) from None
    return FarSide(runtime, account, manifest, ctx, Breaker(runtime.redis, f"{account.id}:{account.revision}"))


def _context(runtime: Runtime, account: Account, manifest: Manifest) -> Context[Any, Any]:
    rate = manifest.limits.requests_per_second
    return build_context(
        manifest,
        account=account.slug,
        settings=account.settings,
        credentials=account.credentials,
        state=DatabaseState(runtime, account.id),
        lock=AccountLocks(runtime, account.id),
        now=utc_now,
        webhook_url=_webhook_url(runtime, manifest, account),
        mappings=account.mappings,
        budget=None if rate is None else RateBudget(runtime.redis, str(account.id), rate),
        correlation_id=get_contextvars().get("correlation_id"),
        clients=runtime.clients,
        settings_version=account.settings_version,
    )


def _webhook_url(runtime: Runtime, manifest: Manifest, account: Account) -> str | None:
    """Our address for what the far side sends; one that signs nothing carries the secret as its last part."""
    base = runtime.settings.public_url
    if base is None or manifest.webhook is None:
        return None
    url = f"{base}/webhooks/{account.slug}" if account.kind == "channel" else f"{base}/webhooks/couriers/{account.slug}"
    if not manifest.webhook.in_path:
        return url
    secrets = webhook_secrets(manifest, account.credentials)
    return f"{url}/{secrets[0]}" if secrets else None
