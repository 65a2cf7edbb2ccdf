"""Waiting for children, without ever waiting for one that cannot come."""

import threading
import time
from collections.abc import Collection

from api.cli.refusal import CannotStart
from api.cli.up.output import Output, copy_lines
from api.cli.up.supervisor import Child, Keeper, how_it_ended, spawn

TRIES = 3
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05


class Interrupted(Exception):  # noqa: N818 - nothing is wrong
    """The operator asked to stop while we were still starting."""


def wait_until_ready(keeper: Keeper, stop: threading.Event | None = None) -> None:
    """Wait for a child that all others need, for as long as it lives: a recovery after a crash may take minutes.

    Raises CannotStart with its last words when it ended three times, Interrupted when `stop` is set.
    """
    while not keeper.ready.wait(POLL_SECONDS):
        if stop and stop.is_set():
            raise Interrupted
        if keeper.failures >= TRIES:
            keeper.stop()
            raise CannotStart(
                f"{keeper.child.name} ended {TRIES} times while it was starting, the last words being "
                f"{_last(keeper.last_words)}: mend that and start again."
            )


def wait_for_all(keepers: Collection[Keeper], output: Output, stop: threading.Event) -> None:
    """Wait for children that may come back by themselves; after a minute say which are missing, and wait on.

    Raises Interrupted when `stop` is set.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while missing := [keeper.child.name for keeper in keepers if not keeper.ready.is_set()]:
        if stop.wait(POLL_SECONDS):
            raise Interrupted
        if time.monotonic() > deadline:
            output.say(f"still waiting for {', '.join(missing)}")
            deadline = time.monotonic() + PATIENCE_SECONDS


def run_to_end(child: Child, output: Output, stop: threading.Event) -> None:
    """Run a child that has an end, such as the migrations.

    Raises CannotStart with its last words when it fails, Interrupted when `stop` is set.
    """
    last_words: list[str] = []
    process = spawn(child)
    copying = threading.Thread(target=copy_lines, args=(process.stdout, output, child.name, last_words), daemon=True)
    copying.start()
    while process.poll() is None:
        if stop.wait(POLL_SECONDS):
            process.send_signal(child.stop_signal)
            process.wait()
            raise Interrupted
    copying.join(2)
    if process.returncode:
        raise CannotStart(
            f"{child.name} {how_it_ended(process.returncode)}, the last words being {_last(last_words)}: "
            "mend that and start again."
        )


def _last(words: list[str]) -> str:
    return f"'{words[-1].strip()}'" if words else "none"
