"""What callers and operators may meet, read off the source: codes, causes of the diary, settings, events of the log."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from domain.reads.aging import OrderAging

ROOT = Path(__file__).parents[2]

_WORD = re.compile(r"[A-Z][A-Z]+(_[A-Z]+)*")
_NO_CODES = {
    "RETRY_AFTER",
    *(
        "DEBUG",
        "WARNING",
        "ERROR",
        "CRITICAL",
        "GET",
        "POST",
        "JSON",
        "RO",
        "RON",
        "INV",
        "CN",
        "INFO",
        "DENY",
        "IGNORE",
        "AUTOCOMMIT",
        "NFKC",
        "NFKD",
        "TEXT_LIMIT",
    ),
    *("DATABASE_URL", "REDIS_URL", "CONTENT_SECURITY_POLICY"),
    *("CREATED_AT", "UPDATED_AT", "PLACED_AT", "NUMBER", "TOTAL", "STATUS_SINCE", "PROMISED_ON"),
    *("SHIPPING", "PENDING_PAYMENT"),
    *OrderAging,
    "OPEN",
    "REFUSED",  # the base of all refusals, which is never raised itself
}
"""Words in capitals that are no codes. One that is new is taken for a code until it stands here."""

_CAUSE = re.compile(r"[a-z_]+(:[a-z_]*)?")
_SAY_CAUSE = {"Cause", "NeedsHuman", "unreadable"}


def trees(*folders: str, without: Iterable[str] = ()) -> Iterator[tuple[Path, ast.Module]]:
    """The modules below these folders."""
    left_out = tuple(f"{ROOT / one}" for one in without)
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not str(path).startswith(left_out):
                yield path, _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def codes() -> set[str]:
    """Every code in capitals that the API or a refusal can carry, with those of webhooks."""
    found = set()
    for path, tree in trees("api", "domain", "jobs", without=("api/cli", "api/demo", "domain/migrations")):
        if path.name not in ("models.py", "enums.py", "screens.py"):
            found |= {text for text in _texts(tree) if _WORD.fullmatch(text) and not text.startswith("OMNISALES_")}
    return (found - _NO_CODES) | _webhook_codes()


def _webhook_codes() -> set[str]:
    """Webhooks' codes are the metric's reasons, in capitals."""
    calls = (node for _, tree in trees("api/webhooks") for node in ast.walk(tree) if isinstance(node, ast.Call))
    reasons = (call.args[1] for call in calls if _called(call) == "_refuse")
    return {reason.value.upper() for reason in reasons if isinstance(reason, ast.Constant)}


def causes() -> set[str]:
    """The causes that diary, attention or a refusal may name, up to what is filled in: `sku:`, `sync:orders`."""
    found: set[str] = set()
    for _, tree in trees("domain", "jobs", "connectors/woocommerce", "connectors/innoship"):
        values = _values(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in _SAY_CAUSE and node.args:
                found |= _beginnings(node.args[0], values)
            if isinstance(node, ast.Call):
                given = (word.value for word in node.keywords if word.arg == "cause")
                found |= {cause for value in given for cause in _beginnings(value, values)}
            if isinstance(node, ast.Tuple) and node.elts:  # pairs of cause and remedy
                found |= {cause for cause in _beginnings(node.elts[0], {}) if ":" in cause}
    return {cause for cause in found if _CAUSE.fullmatch(cause)}


Values = dict[str, list[ast.expr]]


def _values(tree: ast.Module) -> Values:
    """What a module's constants hold and its functions return, by name."""
    values: Values = {}
    for line in tree.body:
        if isinstance(line, ast.Assign):
            values[_name(line.targets[0])] = [line.value]
        elif isinstance(line, ast.FunctionDef):
            returns = (part.value for part in ast.walk(line) if isinstance(part, ast.Return))
            values[line.name] = [value for value in returns if value is not None]
    return values


def _beginnings(value: ast.expr, values: Values) -> set[str]:
    match value:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return {text}
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
            return {text for one in values.get(name, ()) for text in _beginnings(one, values)}
        case ast.IfExp(body=one, orelse=other):
            return _beginnings(one, values) | _beginnings(other, values)
        case _:
            return set()


def settings() -> set[str]:
    """The settings that our programs read."""
    named = (text for _, tree in trees("api", "domain", "jobs", "plugins", "connectors") for text in _texts(tree))
    return {name for text in named for name in re.findall(r"OMNISALES_[A-Z]+(?:_[A-Z]+)*", text)}


def events() -> set[str]:
    """The names of the log's events."""
    calls = (
        node
        for _, tree in trees("api", "domain", "jobs", "plugins")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _name(node.func.value) == "log"
    )
    return {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _called(call: ast.Call) -> str:
    return _name(call.func)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
