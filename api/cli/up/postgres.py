"""The embedded PostgreSQL: made once in the home, started as a child of ours, stopped by fast shutdown.

It listens on 127.0.0.1 only, with scram-sha-256 and a generated password, on the same port at every start. A Unix
socket would spare a tenth of a tiny query's time (measured through asyncpg), but its path is limited to about 100
characters, shared folders of virtual machines cannot hold one, and it has a lock file of its own to repair: one way
that works everywhere was preferred.

Text is UTF-8 and sorts by code point on every system (the built-in C.UTF-8), so that an update of the operating
system never changes the order of an index.
"""

import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.account import run_as
from api.cli.up.binaries import Binaries, runnable_binaries
from api.cli.up.cluster import USER, make_data, refuse_other_major
from api.cli.up.home import open_home, secret
from api.cli.up.output import Output
from api.cli.up.place import OUTSIDE, find_place, remove_place
from api.cli.up.ports import LOOPBACK, remembered_port
from api.cli.up.psql import environment, reason
from api.cli.up.stale_pid import repair_stale_pid
from api.cli.up.supervisor import Child, Keeper
from api.cli.up.waiting import wait_until_ready
from domain.kernel.secrets import new_secret

DATABASE = "omnisales"
# On the command line, because the address is ours to choose.
ALWAYS = {"listen_addresses": LOOPBACK, "unix_socket_directories": ""}


class EmbeddedPostgres:
    """A PostgreSQL server whose data belong to `home`.

    `settings` are server settings for this start, such as `{"fsync": "off"}` for tests. `outside` lists the folders
    that may take the data when the server's account cannot reach the home (see place.py).
    """

    def __init__(
        self, home: Path, settings: Mapping[str, str] | None = None, outside: Sequence[Path] = OUTSIDE
    ) -> None:
        self.home = open_home(home)
        self.place = find_place(self.home, outside)
        self.data = self.place.data
        self._settings = dict(settings or {})
        self._keeper: Keeper | None = None

    def prepare(self) -> None:
        """Make the data if need be, so that `child` can be started. Raises CannotStart."""
        self.programs: Binaries = runnable_binaries(self.place)
        self.password, _ = secret(self._password_file(), new_secret)
        self.port = remembered_port(self.home, "postgres")
        if self.data.exists():
            refuse_other_major(self.place, self.programs)
        else:
            make_data(self.place, self.programs, self.password, sync=self._settings.get("fsync") != "off")

    def child(self) -> Child:
        """The server as a child for a supervisor; call `prepare` before."""
        settings = ALWAYS | self._settings
        return Child(
            name="postgres",
            argv=[
                self.programs["postgres"],
                *("-D", str(self.data), "-p", str(self.port)),
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
            ],
            env=environment(),
            cwd=Path("/"),
            account=self.place.account,
            stop_signal=signal.SIGINT,
            stop_seconds=60,
            before_start=lambda: repair_stale_pid(self.data),
            is_ready=self.answers,
        )

    def url(self, database: str = DATABASE) -> str:
        """The address of a database, in SQLAlchemy's form for asyncpg."""
        return f"postgresql+asyncpg://{USER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def answers(self) -> bool:
        """Whether the server takes a query now."""
        return self._psql("select 1").returncode == 0

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement in autocommit and return its rows as text. Raises CannotStart with the server's words."""
        result = self._psql(statement, database)
        if result.returncode:
            raise CannotStart(f"PostgreSQL refused {statement!r}: {reason(result.stderr)}")
        return result.stdout.strip()

    def create_database(self, name: str = DATABASE) -> None:
        """Create the database unless it is there."""
        if not self.sql(f"select 1 from pg_database where datname = '{name}'"):  # noqa: S608 - names of our own
            self.sql(f'create database "{name}"')

    def start(self) -> str:
        """Start without a supervisor around it (tests, tools) and return the URL of the database.

        A server that dies is started again until `stop`; it ends with this process at the latest. Its log goes to
        `postgres.log` in the home.
        """
        self.prepare()
        self._log = (self.home / "postgres.log").open("a")
        self._keeper = Keeper(self.child(), Output(self._log))
        self._keeper.start()
        try:
            wait_until_ready(self._keeper)
            self.create_database()
        except CannotStart:
            self.stop()
            raise
        return self.url()

    @property
    def pid(self) -> int | None:
        """The server's process, while it has one (after `start`)."""
        return self._keeper.pid if self._keeper else None

    def stop(self) -> None:
        """Stop what `start` started."""
        if self._keeper:
            self._keeper.stop()
            self._keeper = None
            self._log.close()

    def destroy(self) -> None:
        """Stop, and delete the data and the home."""
        self.stop()
        remove_place(self.home, self.place)
        shutil.rmtree(self.home)

    def _password_file(self) -> Path:
        file = self.home / "postgres.key"
        if self.data.exists() and not file.exists():
            raise CannotStart(
                f"The password of the data in {self.data} is missing: put the file {file} back, "
                "or set OMNISALES_HOME to another folder to begin anew."
            )
        return file

    def _psql(self, statement: str, database: str = "postgres") -> subprocess.CompletedProcess[str]:
        command = ["-X", "-q", "-t", "-A", "-h", LOOPBACK, "-p", str(self.port), "-U", USER, "-d", database]
        return run_as(
            None,
            [self.programs["psql"], *command, "-v", "ON_ERROR_STOP=1", "-c", statement],
            env=environment() | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
        )
