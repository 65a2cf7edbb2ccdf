"""One run of `omnisales up`: from the lock on the home to the last child stopped."""

import os

from api.cli.up.health import reachable
from api.cli.up.home import locked, open_home, storage_problems_explained
from api.cli.up.keys import Keys, find_keys
from api.cli.up.orphans import MARK, end_orphans
from api.cli.up.output import Output
from api.cli.up.ports import refuse_if_taken, remembered_port
from api.cli.up.postgres import EmbeddedPostgres
from api.cli.up.run import Tree, keep_up
from api.cli.up.tree import PROGRAMS, Programs, application, migration
from api.cli.up.valkey import EmbeddedValkey
from domain.kernel.settings import Settings


def run_up(settings: Settings, host: str, workers: int, output: Output, programs: Programs = PROGRAMS) -> None:
    """Run until a stop signal. Raises CannotStart."""
    home = open_home(settings.home)
    with locked(home):
        with storage_problems_explained(home):
            keys = find_keys(home, settings)
            postgres = None if settings.database_url else EmbeddedPostgres(home)
            valkey = None if settings.redis_url else EmbeddedValkey(home)
            servers = [server for server in (postgres, valkey) if server]
            # First of all: orphans hold the ports and the data that are wanted next.
            end_orphans(home, [server.data for server in servers], output)
            port = settings.port or remembered_port(home, "api")
            refuse_if_taken(host, port)
            if postgres and not postgres.data.is_relative_to(home):
                output.say(f"PostgreSQL's account cannot come into {home}, so its data are in {postgres.place.folder}")
            for server in servers:
                server.prepare()
        env = dict(os.environ) | {
            MARK: str(home),
            "PYTHONUNBUFFERED": "1",
            "OMNISALES_HOME": str(home),
            "OMNISALES_PORT": str(port),
            "OMNISALES_SECRET_KEY": keys.secret,
            "OMNISALES_ADMIN_KEY": keys.admin,
            "DATABASE_URL": postgres.url() if postgres else settings.need("database_url"),
            "REDIS_URL": valkey.url if valkey else settings.need("redis_url"),
        }
        tree = Tree(
            servers=[server.child() for server in servers],
            between=[postgres.create_database] if postgres else [],
            migrate=migration(programs, env),
            application=application(programs, env, host, port, workers),
        )
        keep_up(tree, output, lambda: output.block(_welcome(keys, host, port)))


def _welcome(keys: Keys, host: str, port: int) -> str:
    return (
        "\nOmniSales is ready.\n"
        f"  GraphiQL  http://{reachable(host)}:{port}/graphiql\n"
        f"  API key   {keys.admin_hint}\n"
        f"  Stop      Ctrl-C, or kill {os.getpid()}\n"
    )
