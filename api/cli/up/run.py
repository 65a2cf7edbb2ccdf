"""Brings a tree of children up, keeps it up, and takes it down in the reverse order."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from api.cli.up.output import Output
from api.cli.up.supervisor import Child, Keeper, stop_all
from api.cli.up.waiting import Interrupted, run_to_end, wait_for_all, wait_until_ready

SAME_SECONDS = 1.0


@dataclass(frozen=True)
class Tree:
    """`servers` come up one after the other, each ready before the next; then `between` and `migrate` are run once;
    then all of `application` starts together.
    """

    servers: Sequence[Child]
    migrate: Child
    application: Sequence[Child]
    between: Sequence[Callable[[], None]] = ()


@dataclass
class StopSignals:
    """`stop` is set by the first Ctrl-C or SIGTERM, `hurry` by the next one of a person.

    Programs repeat themselves: timeout(1) signals its child and then its group, systemd adds SIGHUP to SIGTERM. So a
    signal within a second of the first counts as the same.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    hurry: threading.Event = field(default_factory=threading.Event)
    _first_at: float = 0.0

    def heard(self, *_: object) -> None:
        if not self.stop.is_set():
            self._first_at = time.monotonic()
            self.stop.set()
        elif time.monotonic() - self._first_at > SAME_SECONDS:
            self.hurry.set()


def keep_up(tree: Tree, output: Output, announce: Callable[[], None]) -> None:
    """Run the tree until a stop signal, calling `announce` once all of it is ready.

    Nothing is left running, whatever happens. Raises CannotStart when a server or the migration fails at the start.
    """
    with _stop_signals() as signals, ExitStack() as down:
        try:
            for server in tree.servers:
                keeper = Keeper(server, output)
                keeper.start()
                down.callback(keeper.stop)
                wait_until_ready(keeper, signals.stop)
            for step in tree.between:
                step()
            run_to_end(tree.migrate, output, signals.stop)
            keepers = [Keeper(child, output) for child in tree.application]
            down.callback(stop_all, keepers, signals.hurry)
            for keeper in keepers:
                keeper.start()
            wait_for_all(keepers, output, signals.stop)
            announce()
            signals.stop.wait()
        except Interrupted:
            pass
        output.say("stopping (a second Ctrl-C does not wait for work in hand)")


@contextmanager
def _stop_signals() -> Iterator[StopSignals]:
    signals = StopSignals()
    # A closed terminal stops us as well, unless we were told to survive it (nohup).
    hang_up = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    before = {number: signal.signal(number, signals.heard) for number in (signal.SIGINT, signal.SIGTERM, *hang_up)}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
