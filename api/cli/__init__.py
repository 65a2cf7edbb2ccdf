"""The command line `omnisales`. A command is a function in a thin file of its own that imports its work when called."""

import typer

from api.cli import (
    audit,
    connectors,
    counts,
    dead_letters,
    demo,
    keys,
    migrate,
    people,
    processes,
    purge,
    replay,
    schema,
    serve,
    stock,
)
from api.cli.init import command as init
from api.cli.up import command

app = typer.Typer(
    name="omnisales",
    help="OmniSales: the orders of every channel, from entry to confirmed delivery.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show secrets.
    pretty_exceptions_show_locals=False,
)

app.command()(command.up)
app.command()(init.init)
app.command()(serve.serve)
app.command(context_settings=processes.FORWARD_ARGUMENTS)(processes.work)
app.command(context_settings=processes.FORWARD_ARGUMENTS)(processes.schedule)
app.command(context_settings=processes.FORWARD_ARGUMENTS)(processes.relay)
app.command()(migrate.migrate)
app.command()(schema.schema)
app.command()(connectors.connectors)
app.command()(demo.demo)
app.command()(replay.replay)
app.command()(stock.stock)
app.command()(counts.counts)
app.command()(dead_letters.dead_letters)
app.command()(purge.purge)
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(people.app, name="people")
