"""`omnisales audit import`: the proof that nothing which arrived was lost."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.database import on_database
from api.cli.refusal import CannotStart, refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from rich.table import Table

    from domain.kernel.database import Database
    from domain.reads.audit import ImportAudit

LEFT_OVER = 1
NAMED_IDS = 5

_OUTCOMES = {name: name for name in ("waiting", "ignored", "refused")} | {"in_progress": "in progress"}
_ITEMS = {name: name for name in ("received", "imported", "duplicate", "superseded")} | _OUTCOMES
_ORDERS = {"external": "distinct there", "orders": "ours"} | _OUTCOMES

app = typer.Typer(help="Prove that nothing was lost.", no_args_is_help=True)


@app.callback()
def audits() -> None:
    """Prove that nothing was lost."""


@app.command("import")
def audit_import(
    since: Annotated[str | None, typer.Option("--from", help="Since when, ISO 8601 (else: a day ago).")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Until before when, ISO 8601 (else: now).")] = None,
    channel: Annotated[str | None, typer.Option(help="Slug of one channel (else: all).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Show what became of all that arrived in a period. Exit code 1 when something is left over.

    Times without a zone are UTC. The database is that of DATABASE_URL, else that of the running `omnisales up`.
    """
    with refusals_as_sentences():
        end = _moment("--to", until) or datetime.now(UTC)
        start = _moment("--from", since) or end - timedelta(days=1)
        found = on_database(Settings.from_env(), lambda database: _audited(database, start, end, channel))
    if as_json:
        typer.echo(json.dumps(_facts(found), indent=2, ensure_ascii=False))
    else:
        _show(found)
    raise typer.Exit(0 if found.balanced else LEFT_OVER)


def _moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CannotStart(
            f"{option} is {text!r}: give a date or time such as 2026-01-31 or 2026-01-31T08:00Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _audited(database: "Database", since: datetime, until: datetime, channel: str | None) -> "ImportAudit":
    from domain.reads.audit import audit_import as audited
    from domain.reads.channel_rows import channel_ids

    async with database.read() as connection:
        if channel is None:
            return await audited(connection, since, until)
        found = await channel_ids(connection, [channel])
        if not found:
            raise CannotStart(f"There is no channel {channel}: name it by its slug.")
        return await audited(connection, since, until, found[0])


def _facts(audit: "ImportAudit") -> dict[str, Any]:
    oldest = audit.items.oldest
    return {
        "from": audit.since.isoformat(),
        "to": audit.until.isoformat(),
        "items": asdict(audit.items) | {"oldest": None if oldest is None else oldest.total_seconds()},
        "orders": asdict(audit.orders),
        "leftovers": [asdict(one) for one in audit.leftovers],
        "balanced": audit.balanced,
    }


def _show(audit: "ImportAudit") -> None:
    from rich.columns import Columns
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"Received from {audit.since:%Y-%m-%d %H:%M:%S %Z} until before {audit.until:%Y-%m-%d %H:%M:%S %Z}")
    sums = (("Items", asdict(audit.items), _ITEMS), ("Orders of the channels", asdict(audit.orders), _ORDERS))
    console.print(Columns([_sum(*one) for one in sums], padding=(0, 3)))
    if audit.items.oldest is not None:
        console.print(f"The oldest item in progress came {audit.items.oldest.total_seconds():.0f} seconds ago.")
    if audit.orders.unnamed:
        console.print(f"{audit.orders.unnamed} item(s) speak of no order, or of one that is not known yet.")
    for left in audit.leftovers:
        shown = ", ".join(left.ids[:NAMED_IDS]) + (", …" if left.count > NAMED_IDS else "")
        console.print(f"[red]{left.count} left over:[/] {escape(left.message)} ({escape(shown)})")
    console.print("[green]Nothing is left over.[/]" if audit.balanced else "[red]The sums do not hold.[/]")


def _sum(title: str, counts: dict[str, Any], headings: dict[str, str]) -> "Table":
    """A sum that reads from top to bottom: the total = the parts."""
    from rich.table import Table

    signs = ("", "= ", *["+ "] * (len(headings) - 2))
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for sign, (name, heading) in zip(signs, headings.items(), strict=True):
        table.add_row(f"{sign}{heading}", str(counts[name]))
    return table
