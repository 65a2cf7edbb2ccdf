"""The codes that callers may meet, read off the source: refusals, problems of fields, errors of requests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "domain", "jobs")
APART = ("api/cli", "api/demo", "domain/migrations")
"""What speaks with people at a terminal."""

_CODE = re.compile(r"[A-Z][A-Z]+(_[A-Z]+)*")
_SAY_NO = re.compile(r"_?(problem|invalid|requestrefused|refusal|refused|refuse|found_?buyer|errors?)", re.IGNORECASE)


def source_files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not path.relative_to(ROOT).as_posix().startswith(APART):
                yield path


def codes() -> set[str]:
    """Every code that the source names."""
    return {code for path in source_files() for code in _codes_in(ast.parse(path.read_text("utf-8")))}


def _codes_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if _SAY_NO.fullmatch(_name(node.func)):
                yield from (code for value in node.args for code in _constants(value))
            yield from (code for word in node.keywords if word.arg == "code" for code in _constants(word.value))
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (
                code
                for key, value in pairs
                if isinstance(key, ast.Constant) and key.value == "code"
                for code in _constants(value)
            )
        elif isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) for base in node.bases):
            for line in node.body:
                if isinstance(line, ast.Assign) and [_name(target) for target in line.targets] == ["code"]:
                    yield from _constants(line.value)


def _constants(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.fullmatch(value.value):
        yield value.value


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
