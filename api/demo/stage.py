"""The installation as `omnisales up` runs it, and the stand-ins of the far sides: all child processes of the demo."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen, TimeoutExpired

import psutil

from api.cli.refusal import CannotStart
from api.cli.up.health import is_ready
from api.cli.up.orphans import MARK
from api.cli.up.output import Output, copy_lines
from api.cli.up.ports import LOOPBACK, remembered_port
from api.cli.up.supervisor import Child, how_it_ended, spawn
from api.cli.up.tree import PYTHON
from plugins.host import load_connectors

from .expectation import Unmet, until
from .fresh_home import STAND_INS, fresh_home

LOG = "demo.log"
_START_SECONDS = 90.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What runs, and where. `log` has the output of all of it."""

    home: Path
    port: int
    key: str
    store: str
    innoship: str
    log: Path
    installation: Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def kill_api(self) -> None:
        """`kill -9` of the API. The installation starts it again."""
        for process in psutil.Process(self.installation.pid).children(recursive=True):
            if "serve" in process.cmdline():
                process.kill()
                process.wait()
                return
        raise Unmet("the installation has no API process that could be killed")

    def api_is_ready(self) -> bool:
        return is_ready(LOOPBACK, self.port)


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Everything runs inside the block, and nothing of it after. Raises CannotStart, Unmet."""
    with ExitStack() as down:
        home = fresh_home(folder, Output(down.enter_context(Path(os.devnull).open("w"))))
        log = home / LOG
        output = Output(down.enter_context(log.open("w", encoding="utf-8")), width=12)
        port = remembered_port(home, "api")
        env = _environment(home, f"http://{LOOPBACK}:{port}")
        store = _stand_in("woocommerce", home, env, output, down)
        innoship = _stand_in("innoship", home, env, output, down)
        up = Child(name="up", argv=(*PYTHON, "api.cli", "up", "--port", str(port)), env=env)
        last_words: list[str] = []
        installation = _started(up, output, down, last_words)

        def ready() -> bool:
            if installation.poll() is not None:
                words = f": {last_words[-1]}" if last_words else ""
                raise CannotStart(f"The installation {how_it_ended(installation.returncode)}{words} (see {log}).")
            return is_ready(LOOPBACK, port)

        until("the installation is ready", ready, bool, seconds=_START_SECONDS)
        key = (home / "admin.key").read_text().strip()
        yield Stage(home=home, port=port, key=key, store=store, innoship=innoship, log=log, installation=installation)


def _environment(home: Path, url: str) -> dict[str, str]:
    """Ours, without the settings of the operator's own installation: the demo must not touch its databases."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("OMNISALES_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return kept | {"OMNISALES_HOME": str(home), "OMNISALES_PUBLIC_URL": url, "PYTHONUNBUFFERED": "1"}


def _stand_in(connector: str, home: Path, env: dict[str, str], output: Output, down: ExitStack) -> str:
    """Starts a connector's sandbox and returns its address."""
    sandbox = load_connectors().manifest(connector).sandbox
    if sandbox is None:
        raise CannotStart(f"The connector {connector} brings no sandbox, so it cannot be shown.")
    marked = env | {MARK: str(home / STAND_INS)}
    said: list[str] = []
    _started(Child(name=connector, argv=(*PYTHON, "omnisales_sdk.testing", sandbox), env=marked), output, down, said)
    (url,) = until(
        f"the stand-in of {connector} runs",
        lambda: [line for line in said if line.startswith("http://")],
        lambda urls: urls != [],
    )
    return url


def _started(child: Child, output: Output, down: ExitStack, words: list[str]) -> Popen[bytes]:
    process = spawn(child)
    if process.stdout is None:
        raise CannotStart(f"{child.name} was started without its output.")
    copying = threading.Thread(target=copy_lines, args=(process.stdout, output, child.name, words), daemon=True)
    copying.start()
    down.callback(copying.join, 2)
    down.callback(_stop, process)
    return process


def _stop(process: Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except TimeoutExpired:
        process.kill()
        process.wait()


def as_command(words: Sequence[str]) -> tuple[str, ...]:
    """A command line of the product, run by our own interpreter."""
    return (*PYTHON, "api.cli", *words)
