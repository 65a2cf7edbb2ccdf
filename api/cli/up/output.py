"""The output of all children in one stream, each line under the name of its child."""

import os
import threading
from typing import IO

COLOURS = ("36", "33", "32", "35", "34", "96", "93", "92")
SUPERVISOR = "up"
LONGEST_LINE = 65_536


class Output:
    """Writes whole lines, from any thread, as `name     | line`."""

    def __init__(self, stream: IO[str], width: int = 10) -> None:
        self._stream = stream
        self._width = width
        self._lock = threading.Lock()
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, str] = {}

    def say(self, text: str) -> None:
        """A line of the supervisor itself."""
        self.line(SUPERVISOR, text)

    def line(self, name: str, text: str) -> None:
        """One line of the child `name`."""
        with self._lock:
            self._write(f"{self._label(name)} {text}\n")

    def block(self, text: str) -> None:
        """Several lines that belong together, without a label, never cut apart by a child's line."""
        with self._lock:
            self._write(text.rstrip("\n") + "\n")

    def _label(self, name: str) -> str:
        label = f"{name:<{self._width}}|"
        if not self._coloured:
            return label
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{label}\x1b[0m"

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # Whoever read our output has gone (`omnisales up | head`, a closed terminal) or its disk is full; the
            # system itself must run on. What is still in the buffer goes to nowhere as well.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def copy_lines(source: IO[bytes], output: Output, name: str, last_words: list[str], keep: int = 5) -> None:
    """Copy lines of a child until it closes its output; the newest `keep` stay in `last_words`.

    A line over 64 KiB is shown in pieces, so that a child without line ends cannot fill our memory.
    """
    with source:
        for raw in iter(lambda: source.readline(LONGEST_LINE), b""):
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            output.line(name, line)
            last_words.append(line)
            del last_words[:-keep]
