"""The table of moves as the guide shows it, read off the code."""

from domain.orders.status import TABLE, Guard, Move, Status

Row = list[str]


def moves() -> list[Row]:
    """A row per move: from, to, what must hold first, the permission, and the flow that alone makes it."""
    return [
        [f"`{come_from.name}`", f"`{to.name}`", *_told(move)]
        for come_from in sorted(Status)
        for to, move in sorted(TABLE[come_from].items())
    ]


def _told(move: Move) -> Row:
    return [", ".join(map(_words, move.guards)), f"`{move.permission}`", str(move.through or "")]


def _words(guard: Guard) -> str:
    """Guards are named after what must hold."""
    return guard.__name__.replace("_", " ").replace(" awb", " AWB")
