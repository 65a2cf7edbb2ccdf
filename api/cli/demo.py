"""`omnisales demo`: a recorded store's day."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running afterwards, until Ctrl-C.")] = False,
    home: Annotated[
        Path | None, typer.Option(help="Folder for its data, emptied first (else `demo` in OMNISALES_HOME).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON for programs.")] = False,
) -> None:
    """Play a recorded store's day against stand-ins of store and courier, from webhooks to delivered parcels."""
    with refusals_as_sentences():
        from api.demo.play import run_demo

        folder = home or Settings.from_env().home / "demo"
        raise typer.Exit(run_demo(folder, keep=keep, as_json=as_json))
