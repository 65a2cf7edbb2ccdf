"""Events of orders become work, many in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from jobs import rows
from jobs.reactions import react_to
from jobs.runtime import Runtime
from jobs.work import Work, finishing_all

BATCH = 100


def one(runtime: Runtime, work: Work) -> None:
    """Reacts to the events of one order."""
    runtime.run(_react(runtime, [work]))


def together(runtime: Runtime, works: Sequence[Work]) -> None:
    """Reacts to the events of several orders."""
    runtime.run(_react(runtime, works))


async def _react(runtime: Runtime, works: Sequence[Work]) -> None:
    """Takes the later events of the same orders along: one act often leaves several, and they need not queue."""
    async with finishing_all(runtime, works) as (session, left):
        later = await rows.take_behind(session, "react", {work.aggregate for work in left})
        payloads = [*(work.payload for work in left), *later]
        await react_to(session, runtime.host, [(one["event"], UUID(one["order_id"])) for one in payloads])
