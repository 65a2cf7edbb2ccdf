"""`omnisales stock`: the proof that levels are the sums of what explains them, and their repair."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.database import on_database
from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.kernel.database import Database
    from domain.reads.stock_faults import NamedFault

DIFFERENT = 1


def stock(
    repair: Annotated[bool, typer.Option("--repair/--check", help="Set right what is wrong, or only look.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Compare stock levels with their moves and reservations. Exit code 1 while something is left wrong.

    A repair sets levels to what the ledger tells, and writes nothing into it. Both may run while orders come and move.
    The database is that of DATABASE_URL, else that of the running `omnisales up`.
    """
    with refusals_as_sentences():
        found = on_database(Settings.from_env(), _repaired if repair else _checked)
    if as_json:
        typer.echo(json.dumps([_facts(one) for one in found], indent=2, ensure_ascii=False))
    else:
        _show(found, repaired=repair)
    raise typer.Exit(DIFFERENT if any(not (repair and one.fault.can_be_repaired) for one in found) else 0)


async def _checked(database: "Database") -> "Sequence[NamedFault]":
    from domain.reads.stock_faults import named
    from domain.stock.prove import prove_stock

    async with database.begin() as session:
        return await named(session, await prove_stock(session))


async def _repaired(database: "Database") -> "Sequence[NamedFault]":
    from domain.reads.stock_faults import named
    from domain.stock.prove import repair_stock

    async with database.begin() as session:
        return await named(session, await repair_stock(session))


def _facts(one: "NamedFault") -> dict[str, str | bool]:
    fault = one.fault
    return {
        "warehouse": one.warehouse,
        "sku": one.sku,
        "on_hand": str(fault.on_hand),
        "moves": str(fault.moved),
        "reserved": str(fault.reserved),
        "reservations": str(fault.kept),
        "quarantined": str(fault.quarantined),
        "quarantine_moves": str(fault.set_apart),
        "can_be_repaired": fault.can_be_repaired,
    }


def _show(found: "Sequence[NamedFault]", *, repaired: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if not found:
        console.print("[green]Every level is the sum of its moves and reservations.[/]")
        return
    table = Table("warehouse", "SKU", "on hand", "moves", "reserved", "reservations", "quarantine", "its moves")
    for one in found:
        fault = one.fault
        numbers = (fault.on_hand, fault.moved, fault.reserved, fault.kept, fault.quarantined, fault.set_apart)
        table.add_row(escape(one.warehouse), escape(one.sku), *map(str, numbers))
    console.print(table)
    for one in found:
        if not one.fault.can_be_repaired:
            console.print(
                f"[red]{escape(one.sku)} in {escape(one.warehouse)} contradicts itself: more is reserved than its "
                "moves leave. Count the shelf and correct it, or move orders that hold it to Stock Unavailable.[/]"
            )
    if any(one.fault.can_be_repaired for one in found):
        console.print("[green]Set right.[/]" if repaired else "[red]Set them right with `omnisales stock --repair`.[/]")
