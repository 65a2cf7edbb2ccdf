"""Every command in the documents exists, with the options that stand there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.cli import app

from .markdown import commands_in, guides
from .sources import ROOT

DOCUMENTS = [*guides(), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
_INLINE = re.compile(r"`((?:\.venv/bin/)?omnisales(?: [^`]*)?|make(?: [^`]*)?)`")
_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def commands(document: Path) -> Iterator[list[str]]:
    """The words of each `omnisales ...` and `make ...`, in lines of their own and in the running text."""
    text = document.read_text("utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from (words for words in commands_in(block) if re.fullmatch(r"(\.venv/bin/)?omnisales|make", words[0]))
    for inline in _INLINE.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield shlex.split(inline)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_exists_with_its_options(document: Path) -> None:
    problems = [problem for words in commands(document) for problem in _problems(words)]
    assert problems == []


def test_every_command_of_ours_is_told_in_the_guide_for_those_who_run_it() -> None:
    told = [words[1] for words in commands(ROOT / "docs" / "running.md") if len(words) > 1]
    told += [words[1] for words in commands(ROOT / "docs" / "frontend.md") if len(words) > 1]
    assert set(get_command(app).commands) - set(told) == set()  # type: ignore[attr-defined]


def _problems(words: list[str]) -> Iterator[str]:
    if words[0] == "make":
        target = next((word for word in words[1:] if "=" not in word), None)
        if target is not None and target not in _TARGETS:
            yield f"make has no target {target}"
        return
    command: Any = get_command(app)
    rest = words[1:]
    while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
        name = rest.pop(0)
        # "omnisales serve | work" names several
        if name not in command.commands:
            yield f"{' '.join(words)}: there is no command {name}"
            return
        command = command.commands[name]
    known = {option: one for one in command.params for option in [*one.opts, *one.secondary_opts]} | {"--help": None}
    for place, word in enumerate(rest):
        if word.startswith("-"):
            if word not in known:
                yield f"{' '.join(words)}: there is no option {word}"
        elif place and rest[place - 1] in known and getattr(known[rest[place - 1]], "is_flag", True):
            yield f"{' '.join(words)}: {rest[place - 1]} takes no value"
