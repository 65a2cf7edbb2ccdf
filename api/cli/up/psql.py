"""PostgreSQL's programs spoken to as child processes, untouched by what the operator's shell is set up for."""

import os

PREFERRED_WORDS = ("FATAL", "PANIC", "error:", "ERROR")


def environment() -> dict[str, str]:
    """Our environment without PGHOST, PGOPTIONS, PGSERVICE and their kin, which would lead our calls elsewhere.

    Messages are in English and times in UTC.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def reason(text: str) -> str:
    """The line of a program's complaint that says why: the first that names an error, else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in PREFERRED_WORDS)]
    return (telling or lines[-1:] or ["no reason given"])[0]
