"""`omnisales up` with small programs in place of ours, so that its own behaviour can be tested by itself.

python standins.py up            what `omnisales up` does, settings from the environment
python standins.py ROLE          one of the small programs
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import asyncpg
import redis

from api.cli.refusal import refusals_as_sentences
from api.cli.up.output import Output
from api.cli.up.session import run_up
from api.cli.up.tree import Programs
from domain.kernel.settings import Settings


def up() -> None:
    me = (sys.executable, __file__)
    programs = Programs(
        migrate=(*me, "migrate"),
        api=(*me, "api"),
        worker=(*me, "worker"),
        scheduler=(*me, "sleep"),
        relay=(*me, "sleep"),
    )
    with refusals_as_sentences():
        run_up(Settings.from_env(), "127.0.0.1", 1, Output(sys.stdout), programs)


def migrate() -> None:
    """Counts the starts in the database, or fails as told."""
    if reason := os.environ.get("OMNISALES_STANDIN_MIGRATION"):
        sys.exit(reason)
    asyncio.run(_query("create table if not exists starts (number int)", "insert into starts values (1)"))
    say("migrated")


class Health(BaseHTTPRequestHandler):
    """Ready only when both servers answer; the body tells how often the database was migrated."""

    def do_GET(self) -> None:
        try:
            starts = asyncio.run(_query("select count(*) from starts"))
            redis.Redis.from_url(os.environ["REDIS_URL"]).incr("asked")
        except (OSError, asyncpg.PostgresError, redis.RedisError):
            self.send_error(503)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(starts).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def api() -> None:
    HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Health).serve_forever()


def worker() -> None:
    """Has a child of its own, as a worker of plugins has, and needs a moment to end its work in hand."""
    child = subprocess.Popen([sys.executable, __file__, "sleep"])
    signal.signal(signal.SIGTERM, lambda *_: (say("finishing"), time.sleep(0.2), sys.exit(0)))
    say(f"with child {child.pid}")
    sleep()


def sleep() -> None:
    time.sleep(600)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _query(*statements: str) -> object:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    try:
        return [await connection.fetchval(statement) for statement in statements][-1]
    finally:
        await connection.close()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
