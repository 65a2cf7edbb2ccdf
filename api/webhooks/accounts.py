"""To whom a webhook is addressed, and by what it is checked: read from the database, remembered for a few seconds."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import bindparam, select

from domain.channels.models import OWN_CHANNELS, Channel
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.old_secrets import OldSecret, accepted_at, open_old
from domain.kernel.secrets import Vault, WrongKeyError
from domain.kernel.texts import text_problem
from domain.reads.rows import AnyRow, AnySelect
from domain.shipping.models import CourierAccount
from omnisales_sdk import WebhookScheme
from plugins.host import Host, NotLoaded, webhook_secrets

log = structlog.get_logger(__name__)

CHANNEL = "channel"
COURIER = "courier"
_SECONDS = 3.0
_LOOK_AGAIN = 1.0
_MOST = 10_000

_STATEMENTS: Mapping[str, AnySelect] = {
    kind: select(model.id, model.connector, model.credentials, model.old_secrets, model.old_secrets_until).where(
        model.slug == bindparam("slug")
    )
    for kind, model in ((CHANNEL, Channel), (COURIER, CourierAccount))
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """A channel or courier account. `scheme` is None while its connector is not loaded: then nothing can be checked.
    `old_secrets` are those before the last changes; each holds until its own end. `unreadable`: some are stored under a
    key that this process does not have, so that a wrong signature may be a right one.
    """

    kind: str
    id: UUID
    slug: str
    connector: str
    scheme: WebhookScheme | None
    secrets: tuple[str, ...] = field(repr=False)
    old_secrets: tuple[OldSecret, ...] = ()
    unreadable: bool = False

    def accepted(self) -> Sequence[str]:
        """The secrets that hold now."""
        return (*self.secrets, *accepted_at(self.old_secrets, utc_now())) if self.old_secrets else self.secrets


class Addressees:
    """The addressees by kind and slug. A new secret is seen by the first delivery that is signed with it (`find` with
    `fresh`); a secret that was withdrawn is refused after a few seconds at the latest.
    """

    def __init__(self, database: Database, host: Host, vault: Vault, *, seconds: float = _SECONDS) -> None:
        self._database = database
        self._host = host
        self._vault = vault
        self._seconds = seconds
        self._known: dict[tuple[str, str], tuple[float, Addressee]] = {}
        self._looked: dict[tuple[str, str], float] = {}

    async def find(self, kind: str, slug: str, *, fresh: bool = False) -> Addressee | None:
        """None for a slug that is unknown, or whose far side sends no webhooks. Raises when the database is away.

        `fresh` reads it anew, at most once a second for each, so that a flood of bad signatures is no flood of reads.
        """
        if text_problem(slug) is not None:
            return None
        now = time.monotonic()
        known = self._known.get((kind, slug))
        if known is not None and (known[0] > now if not fresh else not self._may_look_again(kind, slug, now)):
            return known[1]
        async with self._database.read() as connection:
            row = (await connection.execute(_STATEMENTS[kind], {"slug": slug})).first()
        self._known.pop((kind, slug), None)
        addressee = None if row is None else self._addressee(kind, slug, row)
        if addressee is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
                self._looked.clear()
            self._known[kind, slug] = (now + self._seconds, addressee)
        return addressee

    def _may_look_again(self, kind: str, slug: str, now: float) -> bool:
        last = self._looked.get((kind, slug))
        if last is not None and now - last < _LOOK_AGAIN:
            return False
        self._looked[kind, slug] = now
        return True

    def _addressee(self, kind: str, slug: str, row: AnyRow) -> Addressee | None:
        if kind == CHANNEL and row.connector in OWN_CHANNELS:
            return None
        try:
            manifest = self._host.manifest(row.connector)
        except NotLoaded:
            return Addressee(kind, row.id, slug, row.connector, None, ())
        if manifest.webhook is None:
            return None
        credentials, old = self._credentials(kind, row), self._old(kind, row)
        secrets = () if credentials is None else webhook_secrets(manifest, credentials)
        unreadable = credentials is None or old is None
        return Addressee(kind, row.id, slug, row.connector, manifest.webhook, secrets, old or (), unreadable)

    def _old(self, kind: str, row: AnyRow) -> tuple[OldSecret, ...] | None:
        """None: some that hold yet cannot be read."""
        if row.old_secrets_until is None or row.old_secrets_until <= utc_now():
            return ()
        try:
            return tuple(open_old(self._vault, row.old_secrets, kind, row.id))
        except WrongKeyError as error:
            log.error("credentials_unreadable", account=str(row.id), reason=str(error))
            return None

    def _credentials(self, kind: str, row: AnyRow) -> Mapping[str, Any] | None:
        """None: they cannot be read."""
        if row.credentials is None:
            return {}
        try:
            opened: Mapping[str, Any] = self._vault.open(row.credentials, f"{kind}:{row.id}")
        except WrongKeyError as error:
            log.error("credentials_unreadable", account=str(row.id), reason=str(error))
            return None
        return opened
