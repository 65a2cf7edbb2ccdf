"""What a look at one thing found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`WRONG` keeps the house from being set up; `THINK` does not."""

    WELL = "ok"
    THINK = "think"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is a setting or a thing; `words` say how it is and, if it is not well, what to do. No secrets."""

    what: str
    state: State
    words: str


def well(what: str, words: str) -> Finding:
    return Finding(what, State.WELL, words)


def think(what: str, words: str) -> Finding:
    return Finding(what, State.THINK, words)


def wrong(what: str, words: str) -> Finding:
    return Finding(what, State.WRONG, words)
