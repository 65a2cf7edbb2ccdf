"""What the process holds while it serves: made in the lifespan, handed to whoever answers."""

import asyncio
from dataclasses import dataclass, field

from domain.access.hashing import Passwords
from domain.kernel.database import Database
from domain.kernel.secrets import Vault
from domain.kernel.settings import Settings
from plugins.host import Host

from .attempts import Attempts
from .auth import Callers
from .live.house import Live
from .throttle import Allowances


@dataclass(slots=True)
class Services:
    """`prepared` is set once the database has what the house begins with."""

    settings: Settings
    database: Database
    host: Host
    vault: Vault
    callers: Callers
    live: Live
    allowances: Allowances
    passwords: Passwords
    attempts: Attempts = field(default_factory=Attempts)
    prepared: asyncio.Event = field(default_factory=asyncio.Event)
