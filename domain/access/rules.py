"""What can be a role or a key, and who may give it. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.kernel.actor import Actor, Permission
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem

from .keys import EVERY_ROLE

MAX_SLUG = 60
MAX_TITLE = 200
MAX_ROLES = 200
"""Roles of a house, so that all of them fit on one page."""
MAX_KEYS = 200
"""Keys in force at a time."""

_SLUG = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


def slug_problem(slug: str) -> str | None:
    """Why this is no slug, or None."""
    if len(slug) <= MAX_SLUG and _SLUG.fullmatch(slug):
        return None
    return f"Use 1 to {MAX_SLUG} lower-case letters, digits, hyphens and underscores, such as sales_manager."


def title_problems(path: Path, title: str) -> Iterator[Problem]:
    """A title that people read: something, and not too long."""
    if not title.strip():
        yield Problem(path, "MISSING", "Give it a name that people recognise.")
    elif problem := text_problem(title, MAX_TITLE):
        yield Problem(path, "NOT_A_TEXT", problem)


def permission_problems(actor: Actor, words: Sequence[str], had: Collection[str] = ()) -> Iterator[Problem]:
    """Words that are no permission, and permissions that the giver does not hold; `had` were given before."""
    for place, word in enumerate(words):
        path = ("permissions", str(place))
        if word not in set(Permission):
            known = ", ".join(Permission)
            yield Problem(path, "UNKNOWN_PERMISSION", f"Use one of {known}.")
        elif word not in had and not actor.may(Permission(word)):
            yield Problem(path, "NOT_YOURS", f"You can only give what you may do yourself; {word} is not yours.")


def may_give(actor: Actor, slug: str, known: Mapping[str, Collection[str]]) -> bool:
    """Whether the actor may give this role, or take it away: one that they hold, or one that permits nothing but what
    they may do themselves. `known` are the roles' permissions; `*` gives who holds it.
    """
    if actor.holds(slug):
        return True
    if slug == EVERY_ROLE or slug not in known:
        return False
    words = known[slug]
    return all(actor.may(permission) for permission in Permission if permission in words)


def role_problems(actor: Actor, slugs: Sequence[str], known: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """Slugs that are no role, and roles that are not the giver's to give; `known` are the roles' permissions."""
    for place, slug in enumerate(slugs):
        path = ("roles", str(place))
        if slug not in known:
            yield Problem(path, "UNKNOWN_ROLE", "There is no such role. List the roles, or make it with roleUpsert.")
        elif not may_give(actor, slug, known):
            message = f"You can only give roles that you hold, or that may no more than you; {slug} may more."
            yield Problem(path, "NOT_YOURS", message)
