"""`omnisales serve`: the API."""

import sys
from contextlib import suppress
from typing import Annotated

import typer

from api.cli.refusal import refusals_as_sentences
from domain.kernel.settings import Settings


def serve(
    port: Annotated[int | None, typer.Option(help="Port (else OMNISALES_PORT, else 8000).", min=0, max=65535)] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
) -> None:
    """Serve the API: GraphQL, webhooks, health, metrics. Needs DATABASE_URL and OMNISALES_SECRET_KEY."""
    with refusals_as_sentences():
        from api.cli.up.ports import refuse_if_taken
        from api.live.server import NOT_STARTED, Server, config

        settings = Settings.from_env()
        settings.need("database_url")
        chosen = settings.port if port is None else port
        refuse_if_taken(host, chosen)
        chosen_config = config("api.app:create_app", settings, factory=True, host=host, port=chosen)
        chosen_config.load_app()
        server = Server(chosen_config)
        with suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(NOT_STARTED)
