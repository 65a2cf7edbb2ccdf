"""The parts of a guide that can be tried: its fenced blocks, what happens meanwhile, and its links.

A guide is a story. Its blocks are played from top to bottom:

    ```graphql           an operation, sent as it stands
    ```json variables    its variables
    ```json screen       other variables for the last operation: it must be answered
    ```json answer       what must come back: the top-level names that are shown (`json answer 401`: with this status)
    ```sh                commands; a `curl` is sent, and may be followed by its answer
    <!-- meanwhile: the store gets the order "guest-cod" -->    what happens outside, unseen by the reader

`<order>` in an answer keeps the value that stands there, and stands for it from then on; "…" is anything.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_PART = re.compile(
    r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$|^<!-- meanwhile: (?P<event>.+?) -->$", re.MULTILINE | re.DOTALL
)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Part:
    """A fenced block (`info` is what stands behind the fence), or an event (`info` is "meanwhile")."""

    guide: str
    line: int
    info: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.guide}:{self.line}"


def guides() -> list[Path]:
    return sorted(DOCS.glob("*.md"))


def text_of(guide: str) -> str:
    return (DOCS / guide).read_text("utf-8")


def parts(guide: str) -> Iterator[Part]:
    """The parts of a guide, in their order."""
    text = text_of(guide)
    for match in _PART.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["event"] is not None:
            yield Part(guide, line, "meanwhile", match["event"])
        else:
            yield Part(guide, line, match["info"].strip(), match["text"])


def commands_in(block: str) -> Iterator[list[str]]:
    """The words of each command in a block for a shell; a quoted text may go over several lines."""
    pending = ""
    for line in re.sub(r"\\\n\s*", "", block).splitlines():
        pending += line + "\n"
        try:
            words = shlex.split(pending, comments=True)
        except ValueError:  # a quotation is still open
            continue
        pending = ""
        if words:
            yield words


def without_blocks(text: str) -> str:
    return _FENCED.sub("", text)


def links(text: str) -> list[str]:
    return _LINK.findall(without_blocks(text))


def anchors(text: str) -> set[str]:
    """The names by which headings are linked to."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(without_blocks(text)))
    return {heading.strip().replace(" ", "-") for heading in kept}
