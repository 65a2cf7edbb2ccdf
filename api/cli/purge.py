"""`omnisales purge`: letting go of what is old, as the scheduler does every hour, or seeing what would go."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.database import on_database
from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.kernel.database import Database


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Let go of what is older than the settings OMNISALES_RETENTION_… keep it; or with --dry-run see how much it is.

    May run while the others work, and be killed. The database is that of DATABASE_URL, else that of the running
    `omnisales up`.
    """
    with refusals_as_sentences():
        found = on_database(Settings.from_env(), _due if dry_run else _purged)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    from domain.flows.retention.rules import RULES

    for name, count in found.items():
        typer.echo(f"{count:>9}  {RULES[name].told}")
    typer.echo("That would go." if dry_run else "That is gone.")


async def _due(database: "Database") -> dict[str, int]:
    from domain.flows.retention.purge import due
    from domain.retention.kept import kept

    return await due(database, kept())


async def _purged(database: "Database") -> dict[str, int]:
    from domain.flows.retention.purge import purge
    from domain.retention.kept import kept

    return await purge(database, kept())
