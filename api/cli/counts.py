"""`omnisales counts`: the proof that the tabs of the queue show the truth, and their repair."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.database import on_database
from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.kernel.database import Database
    from domain.orders.prove_counts import CountDifference

DIFFERENT = 1


def counts(
    repair: Annotated[bool, typer.Option("--repair/--check", help="Set right what is wrong, or only look.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Compare the counts of the queue's tabs with the orders. Exit code 1 when a check finds a difference.

    Both may run while orders come and move. The database is that of DATABASE_URL, else that of the running
    `omnisales up`.
    """
    with refusals_as_sentences():
        found = on_database(Settings.from_env(), _repaired if repair else _checked)
    if as_json:
        typer.echo(json.dumps([_facts(one) for one in found], indent=2))
    else:
        _show(found, repaired=repair)
    raise typer.Exit(DIFFERENT if found and not repair else 0)


async def _checked(database: "Database") -> "list[CountDifference]":
    from domain.orders.prove_counts import count_differences

    async with database.read() as connection:
        return await count_differences(connection)


async def _repaired(database: "Database") -> "list[CountDifference]":
    from domain.orders.prove_counts import repair_counts

    async with database.begin() as session:
        return await repair_counts(session)


def _facts(one: "CountDifference") -> dict[str, str | int]:
    return {"channel": one.channel, "status": one.status.name, "shown": one.shown, "true": one.counted}


def _show(found: "Sequence[CountDifference]", *, repaired: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if not found:
        console.print("[green]The counts are true.[/]")
        return
    table = Table("channel", "status", "shown", "true")
    for one in found:
        table.add_row(escape(one.channel), one.status.name, str(one.shown), str(one.counted))
    console.print(table)
    console.print("[green]Set right.[/]" if repaired else "[red]Set them right with `omnisales counts --repair`.[/]")
