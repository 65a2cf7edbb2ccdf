"""Tells the demo as it goes, on a terminal or into a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.markup import escape


class Narrator:
    """Scenes, what was done in them, and what others did meanwhile. Silent when `console` is quiet."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def scene(self, title: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{escape(title)}", align="left")

    def did(self, text: str) -> None:
        """Something that was done and came out as it should."""
        self._console.print(f"[green]✓[/] {escape(text)}")

    def refused(self, text: str) -> None:
        """A refusal that was asked for, in the system's own words."""
        self._console.print(f"[yellow]✗[/] {escape(text)}")

    def show(self, what: RenderableType) -> None:
        self._console.print(what)

    def lines(self, text: str) -> None:
        """Lines to copy from: as wide as they are, whatever the terminal's width."""
        self._console.print(escape(text), soft_wrap=True, highlight=False)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Shows that something takes a while."""
        with self._console.status(escape(text)):
            yield
