"""`omnisales keys`: the secret key under which credentials are stored, and changing it for another."""

from typing import TYPE_CHECKING

import typer

from api.cli.database import on_database
from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.kernel.database import Database
    from domain.kernel.secrets import Vault
    from domain.vault.status import KeyStatus

NOT_WELL = 1

app = typer.Typer(help="The secret key under which credentials are stored.", no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a fresh secret key. It is kept nowhere: set it as OMNISALES_SECRET_KEY, and keep a copy in a safe place."""
    from domain.kernel.secrets import new_secret

    typer.echo(new_secret())


@app.command()
def status() -> None:
    """Show how many stored secrets are under which key. Exit code 1 while one is under an old key or unreadable.

    The keys are those of OMNISALES_SECRET_KEY and OMNISALES_SECRET_KEY_PREVIOUS, else the one in the home.
    """
    with refusals_as_sentences():
        settings = _with_key(Settings.from_env())
        vault = _vault(settings)
        found = on_database(settings, lambda database: _status(database, vault))
    _show(found)
    raise typer.Exit(0 if found.well else NOT_WELL)


@app.command()
def rotate() -> None:
    """Bring every stored secret under OMNISALES_SECRET_KEY. Exit code 1 when one is left that cannot be read.

    May run while the others work, twice, by two at once, and again after it was killed.
    """
    with refusals_as_sentences():
        settings = _with_key(Settings.from_env())
        vault = _vault(settings)
        count, found = on_database(settings, lambda database: _rotated(database, vault))
    typer.echo(f"{count} brought under the key {found.current}.")
    _show(found)
    raise typer.Exit(0 if found.well else NOT_WELL)


def _with_key(settings: Settings) -> Settings:
    """The settings with the home's key, where the environment names neither a key nor a database of its own."""
    from dataclasses import replace

    file = settings.home / "secret.key"
    if settings.secret_key or settings.database_url or not file.exists():
        return settings
    return replace(settings, secret_key=file.read_text().strip())


def _vault(settings: Settings) -> "Vault":
    from domain.kernel.secrets import Vault

    return Vault.of(settings)


async def _status(database: "Database", vault: "Vault") -> "KeyStatus":
    from domain.vault.status import key_status

    async with database.read() as connection:
        return await key_status(connection, vault)


async def _rotated(database: "Database", vault: "Vault") -> "tuple[int, KeyStatus]":
    from domain.vault.rotate import rotate_keys

    return await rotate_keys(database, vault), await _status(database, vault)


def _show(found: "KeyStatus") -> None:
    for name, count in sorted(found.counts.items()):
        typer.echo(f"{name}  {count}{'  (current)' if name == found.current else ''}")
    for label, reason in found.unreadable:
        typer.echo(f"{label}: {reason}", err=True)
    if not found.left:
        typer.echo("Everything is under the current key.")
    elif found.left > len(found.unreadable):
        typer.echo(f"{found.left} left: run `omnisales keys rotate`.")
