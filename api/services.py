"""What the process holds while it serves: made in the lifespan, handed to whoever answers."""

import asyncio
from dataclasses import dataclass, field

from domain.access.hashing import Passwords
from domain.access.scope import narrowed, view_of
from domain.kernel.actor import Actor
from domain.kernel.database import Database
from domain.kernel.narrowed import Narrowed
from domain.kernel.secrets import Vault
from domain.kernel.settings import Settings
from plugins.host import Host

from .attempts import Attempts
from .auth import Callers
from .buckets import Buckets
from .live.house import Live
from .mail_asks import MailAsks
from .throttle import Allowances


@dataclass(slots=True)
class Services:
    """`tries` says how often a caller may have a far side tried. `prepared` is set once the database has
    what the house begins with."""

    settings: Settings
    database: Database
    host: Host
    vault: Vault
    callers: Callers
    live: Live
    allowances: Allowances
    passwords: Passwords
    attempts: Attempts = field(default_factory=Attempts)
    tries: Buckets = field(default_factory=lambda: Buckets(20 / 60, 20))
    mail_asks: MailAsks = field(default_factory=MailAsks)
    prepared: asyncio.Event = field(default_factory=asyncio.Event)
    _narrowed: Narrowed = field(init=False)

    def __post_init__(self) -> None:
        self._narrowed = narrowed(self.database)

    def database_for(self, actor: Actor) -> Database:
        """The database as this caller has it: to a limited view, other rows are not there."""
        return self.database if actor.scope.everything else view_of(self._narrowed, actor)
