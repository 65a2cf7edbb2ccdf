"""Slugs: short names that rules, files and addresses use. Pure."""

import re
from collections.abc import Iterator

from .refusals import Problem
from .texts import text_problem

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
MAX_NAME = 200


def is_slug(text: str) -> bool:
    """Whether this can be one; what cannot is not looked up, since the database may not take it."""
    return SLUG.fullmatch(text) is not None


def slug_problems(slug: str, name: str, what: str) -> Iterator[Problem]:
    """What is wrong with the slug and the name of a `what` ("group"), each with its field."""
    if not is_slug(slug):
        yield Problem(("slug",), "BAD_SLUG", "Use 1 to 63 lower-case letters, digits, - and _ for the slug.")
    yield from name_problems(("name",), name, what)


def name_problems(path: tuple[str, ...], name: str, what: str) -> Iterator[Problem]:
    """What is wrong with a name: it must be there, be a text, and not too long."""
    if not name.strip():
        yield Problem(path, "MISSING", f"Give the {what} a name.")
    elif problem := text_problem(name, MAX_NAME):
        yield Problem(path, "NOT_A_TEXT", problem)
