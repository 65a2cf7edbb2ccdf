"""`omnisales dead-letters`: work that was given up, and putting it back."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.database import on_database
from api.cli.refusal import CannotStart, refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.flows.revive_letters import ReviveLetters
    from domain.kernel.database import Database
    from domain.reads.rows import Rows

SHOWN = 200


def dead_letters(
    revive: Annotated[list[str] | None, typer.Option(help="Put this one back to work; may be repeated.")] = None,
    revive_all: Annotated[bool, typer.Option("--revive-all", help="Put all back, at most 1000 at once.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON for programs.")] = False,
) -> None:
    """Show the work that failed too often, the newest 200, or put it back to work. None is right.

    The database is that of DATABASE_URL, else that of the running `omnisales up`; a worker does the work.
    """
    with refusals_as_sentences():
        if revive or revive_all:
            from domain.flows.revive_letters import ReviveLetters

            wanted = ReviveLetters(ids=[_id(text) for text in revive or ()], everything=revive_all)
            count = on_database(Settings.from_env(), lambda database: _revived(database, wanted))
            typer.echo(f"{count} put back to work." if count else "There is none of them.")
            return
        found = on_database(Settings.from_env(), _found)
    if as_json:
        typer.echo(json.dumps([dict(row._mapping) for row in found], indent=2, default=str, ensure_ascii=False))
    else:
        _show(found)


def _id(text: str) -> int:
    from domain.reads.dead_letters import letter_id

    number = letter_id(text)
    if number is None:
        raise CannotStart(f"{text!r} is no id of a dead letter: take the ids from `omnisales dead-letters`.")
    return number


async def _found(database: "Database") -> "Rows":
    from domain.reads.dead_letters import dead_letter_page

    async with database.read() as connection:
        return (await dead_letter_page(connection, SHOWN, None)).rows


async def _revived(database: "Database", wanted: "ReviveLetters") -> int:
    from domain.flows.revive_letters import revive_letters
    from domain.kernel.actor import Actor, ActorKind

    async with database.begin() as session:
        return await revive_letters(session, Actor(ActorKind.SYSTEM, "command line"), wanted)


def _show(found: "Rows") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if not found:
        console.print("[green]There are no dead letters.[/]")
        return
    table = Table("id", "work", "about", "given up", "attempts", "error")
    for row in found:
        given_up = f"{row.died_at:%Y-%m-%d %H:%M}"
        table.add_row(str(row.id), row.consumer, escape(row.aggregate), given_up, str(row.attempts), escape(row.error))
    console.print(table)
    console.print("Put one back with `omnisales dead-letters --revive ID` once its reason is mended.")
