"""Refusals: a "no" that the caller can act on. Each has a stable code, a sentence that says what to do, and data.

Refusal
├── Invalid       what was sent cannot be used; one problem per field
├── NotFound      there is no such thing
├── StaleVersion  somebody changed it meanwhile
└── Forbidden     the caller may not
More are declared beside the nouns that raise them (`domain/*/errors.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

Path = tuple[str, ...]

LONGEST_KEY = 100
"""How much of a key that was not found is repeated: a caller may send a megabyte."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Base of all refusals. Raising one rolls the unit of work back: nothing was changed."""

    code = "REFUSED"

    def __init__(self, message: str, *, path: Path = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: its path in the input, a stable code, and what to do."""

    path: Path
    code: str
    message: str


class Invalid(Refusal):
    """The input cannot be used. `problems` names every wrong field at once."""

    code = "INVALID"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(first.message + more, path=first.path)


def invalid(path: Path, code: str, message: str) -> Invalid:
    """An `Invalid` with one problem."""
    return Invalid([Problem(path, code, message)])


class NotFound(Refusal):
    code = "NOT_FOUND"

    def __init__(self, what: str, key: object, *, path: Path = ()) -> None:
        told = str(key)
        told = told if len(told) <= LONGEST_KEY else f"{told[:LONGEST_KEY]}…"
        super().__init__(f"There is no {what} {told}. Check the id, or list what there is.", path=path)
        self.what = what
        self.key = str(key)


class StaleVersion(Refusal):
    """The writer named another version than the current one; nothing was written. `key` is the id of the thing."""

    code = "STALE_VERSION"

    def __init__(self, what: str, *, expected: int, current: int, key: UUID | None = None) -> None:
        super().__init__(
            f"This {what} was changed meanwhile (you read version {expected}, it is now {current}). "
            "Read it again and repeat your change.",
            path=("expectedVersion",),
        )
        self.what = what
        self.key = key
        self.expected = expected
        self.current_version = current


class Forbidden(Refusal):
    code = "FORBIDDEN"

    def __init__(self, permission: str, *, path: Path = ()) -> None:
        super().__init__(f"This needs the permission {permission}. Ask an administrator for it.", path=path)
        self.permission = permission
