"""Answers as a guide shows them, compared with answers as they are."""

import re
from typing import Any

Known = dict[str, Any]

ANYTHING = "…"
_NAME = re.compile(r"<[a-z][a-z0-9 ]*>")


def fill(value: Any, known: Known) -> Any:
    """The value with what its names stand for. Raises `KeyError` for a name that no answer gave."""
    if isinstance(value, dict):
        return {key: fill(part, known) for key, part in value.items()}
    if isinstance(value, list):
        return [fill(part, known) for part in value]
    if not isinstance(value, str):
        return value
    if _NAME.fullmatch(value):
        return known[value]
    return _NAME.sub(lambda name: str(known[name.group()]), value)


def compare(shown: Any, seen: Any, known: Known, path: str = "") -> list[str]:
    """What differs. Names that are new are kept in `known`.

    The value "…" is anything; a list that ends with it has more; an object with the key "…" has others.
    """
    if shown == ANYTHING:
        return []
    if isinstance(shown, dict) and isinstance(seen, dict):
        return _objects(shown, seen, known, path)
    if isinstance(shown, list) and isinstance(seen, list):
        return _lists(shown, seen, known, path)
    if isinstance(shown, str) and _NAME.search(shown):
        return _text(shown, seen, known, path)
    return [] if type(shown) is type(seen) and shown == seen else [f"{path}: the guide says {shown!r}, seen {seen!r}"]


def _objects(shown: dict[str, Any], seen: dict[str, Any], known: Known, path: str) -> list[str]:
    problems = [
        problem
        for key, part in shown.items()
        if key != ANYTHING
        for problem in (
            compare(part, seen[key], known, f"{path}.{key}") if key in seen else [f"{path}.{key}: is not there"]
        )
    ]
    more = [] if ANYTHING in shown else sorted(set(seen) - set(shown))
    return problems + [f"{path}.{key}: the guide does not show {seen[key]!r}" for key in more]


def _lists(shown: list[Any], seen: list[Any], known: Known, path: str) -> list[str]:
    open_end = bool(shown) and shown[-1] == ANYTHING
    wanted = shown[:-1] if open_end else shown
    if len(seen) < len(wanted) or (len(seen) > len(wanted) and not open_end):
        return [f"{path}: the guide shows {len(wanted)} entries, seen {seen!r}"]
    return [
        problem
        for place, (one, other) in enumerate(zip(wanted, seen, strict=False))
        for problem in compare(one, other, known, f"{path}[{place}]")
    ]


def _text(shown: str, seen: Any, known: Known, path: str) -> list[str]:
    """A text with names: those that are known must be there, the others are read off."""
    if _NAME.fullmatch(shown) and shown not in known:
        known[shown] = seen
        return []
    pattern, groups = "", []
    for piece in re.split(f"({_NAME.pattern})", shown):
        if not _NAME.fullmatch(piece):
            pattern += re.escape(piece)
        elif piece in known:
            pattern += re.escape(str(known[piece]))
        else:
            pattern += "(.+)"
            groups.append(piece)
    match = re.fullmatch(pattern, str(seen), re.DOTALL)
    if match is None:
        return [f"{path}: the guide says {shown!r} (known: {known}), seen {seen!r}"]
    known.update(zip(groups, match.groups(), strict=True))
    return []
