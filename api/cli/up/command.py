"""`omnisales up`: everything in one supervised tree."""

import sys
from dataclasses import replace
from typing import Annotated

import typer

from api.cli.refusal import CannotStart, refusals_as_sentences
from domain.kernel.settings import Settings


def up(
    port: Annotated[
        int | None, typer.Option(help="Port of the API (else OMNISALES_PORT, else 8000).", min=0, max=65535)
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(help="Number of worker processes.", min=1)] = 1,
) -> None:
    """Start everything: PostgreSQL, Valkey, migrations, API, workers, scheduler, relay. Ctrl-C stops it all."""
    with refusals_as_sentences():
        if sys.platform == "win32":
            raise CannotStart("omnisales up runs on Linux and macOS: use WSL or a container on Windows.")
        from api.cli.up.output import Output
        from api.cli.up.session import run_up

        settings = Settings.from_env()
        if port is not None:
            settings = replace(settings, port=port)
        run_up(settings, host, workers, Output(sys.stdout))
