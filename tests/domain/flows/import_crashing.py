"""Run as a process of its own that dies at a crash point: `python -m tests.domain.flows.import_crashing URL CHANNEL`.

It stores an order that is new and a change of one that is there, and imports both, each in one transaction.
"""

import asyncio
import sys
from dataclasses import replace
from uuid import UUID

from domain.channels.queries import channel_by_id
from domain.kernel.database import Database
from tests.support.incoming import arrive, import_arrivals, incoming, later, line

KNOWN = incoming(line("CUP", external_id="L1"), external_id="known")
NEW = incoming(line("CUP", external_id="L1"), external_id="new")
CHANGE = later(KNOWN, note="changed", lines=(replace(KNOWN.lines[0], quantity=KNOWN.lines[0].quantity + 1),))


async def main(url: str, channel_id: str) -> None:
    database = Database(url, pool_size=1)
    async with database.begin() as session:
        shop = await channel_by_id(session, UUID(channel_id))
        arrivals = await arrive(session, shop, NEW, CHANGE)
    async with database.begin() as session:
        await import_arrivals(session, shop, arrivals)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
