"""`omnisales replay`: what waits in the diary is tried again."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from api.cli.database import on_database
from api.cli.refusal import CannotStart, refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.flows.replay import Replay
    from domain.kernel.database import Database


def replay(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of diary entries.")] = None,
    cause: Annotated[str | None, typer.Option(help="All that waits for this cause, such as sku:ABC-1.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
) -> None:
    """Try what waits in the diary again: some entries, a cause, or all. What is still barred comes back to wait.

    The database is that of DATABASE_URL, else that of the running `omnisales up`; a worker does the work.
    """
    with refusals_as_sentences():
        from domain.flows.replay import Replay

        wanted = Replay(ids=[_id(text) for text in ids or ()], cause=cause, everything=everything)
        count = on_database(Settings.from_env(), lambda database: _replayed(database, wanted))
    typer.echo(f"{count} put back to work." if count else "Nothing waits for that.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CannotStart(f"{text!r} is no id of a diary entry: take the ids from the diary's list.") from None


async def _replayed(database: "Database", wanted: "Replay") -> int:
    from domain.flows.replay import replay as put_back
    from domain.kernel.actor import Actor, ActorKind

    async with database.begin() as session:
        return await put_back(session, Actor(ActorKind.SYSTEM, "command line"), wanted)
