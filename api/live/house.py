"""What the process holds for those who follow."""

import asyncio

from domain.kernel.database import Database
from domain.kernel.settings import Settings

from .places import Places, Sockets
from .tail import Tail


class Live:
    """`ending` is set when the process is told to end: then streams end, and their readers come back to another."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.tail = Tail(database)
        self.places = Places(settings.subscriptions_per_caller)
        self.sockets = Sockets(settings.subscriptions_per_caller)
        self.ending = asyncio.Event()

    async def close(self) -> None:
        self.ending.set()
        await self.tail.close()
