"""The command line `omnisales`. A command is a function in a thin file of its own that imports its work when called."""

import typer

from api.cli.migrate import migrate
from api.cli.processes import FORWARD_ARGUMENTS, relay, schedule, work
from api.cli.schema import schema
from api.cli.serve import serve
from api.cli.up.command import up

app = typer.Typer(
    name="omnisales",
    help="OmniSales: the orders of every channel, from entry to confirmed delivery.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show secrets.
    pretty_exceptions_show_locals=False,
)

app.command()(up)
app.command()(serve)
app.command(context_settings=FORWARD_ARGUMENTS)(work)
app.command(context_settings=FORWARD_ARGUMENTS)(schedule)
app.command(context_settings=FORWARD_ARGUMENTS)(relay)
app.command()(migrate)
app.command()(schema)
