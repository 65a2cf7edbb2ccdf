"""`omnisales migrate`: the database in its newest form."""

import typer

from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings


def migrate() -> None:
    """Bring the database of DATABASE_URL to the newest form. Running it again changes nothing."""
    with refusals_as_sentences():
        from domain.migrations.run import upgrade

        upgrade(Settings.from_env().need("database_url"))
        typer.echo("The database is up to date.")
