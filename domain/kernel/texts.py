"""Checks of texts that people and programs send, before they reach the database, which refuses some with a fault."""

import re

from .refusals import invalid

TEXT_LIMIT = 1_000
_SHOWN = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but tab and line ends; NUL among them, which the database refuses with a fault."""


def text_problem(text: str, limit: int = TEXT_LIMIT) -> str | None:
    """Why this is no text that can be kept, or None: no control character but tab and line ends, no half of a
    surrogate pair, not too long."""
    if len(text) > limit:
        return f"Use at most {limit} characters."
    if _CONTROL.search(text) or not _is_unicode(text):
        return "Remove the characters that are no text (control characters, broken Unicode)."
    return None


def shown(text: object) -> str:
    """A text as a refusal repeats it: its beginning, so that a megabyte does not come back."""
    whole = str(text)
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}…"


def check_text(field: str, text: str | None, limit: int = TEXT_LIMIT) -> None:
    """Raises Invalid for a text that cannot be kept; None is no text."""
    problem = text_problem(text, limit) if text is not None else None
    if problem:
        raise invalid((field,), "NOT_A_TEXT", problem)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
