"""Conformance rules that read a connector without calling its hooks."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pydantic import SecretBytes, SecretStr

from omnisales_sdk.checks import HOOKS, form_problems, implementations
from omnisales_sdk.manifest import Kind, Manifest, SyncKind

from .finding import Finding
from .loading import by_name

_SECRET_NAME = re.compile(r"secret|passw|token|key|pin$", re.IGNORECASE)


class _Promise(NamedTuple):
    """What a card says, the hooks of which one must then be there, and how the finding begins."""

    made: Callable[[Manifest, set[str]], bool]
    kept_by: tuple[str, ...]
    said: str


_PARSED = ("fetch_orders", "fetch_order")
_PROMISES = (
    _Promise(
        lambda card, hooks: bool(card.credentials.model_fields), ("test_connection",), "it has credentials to try"
    ),
    _Promise(lambda card, hooks: Kind.SALES_CHANNEL in card.kinds, ("parse_order",), "it is a sales channel"),
    _Promise(lambda card, hooks: Kind.COURIER in card.kinds, ("create_awb",), "it is a courier"),
    _Promise(
        lambda card, hooks: card.webhook is not None,
        ("parse_webhook", "parse_tracking"),
        "it has a webhook scheme",
    ),
    _Promise(
        lambda card, hooks: any(one.kind is SyncKind.ORDERS for one in card.schedules),
        ("fetch_orders",),
        "it wants runs of ORDERS",
    ),
    _Promise(lambda card, hooks: "parse_webhook" in hooks, ("parse_order",), "it reads webhooks of orders"),
    _Promise(lambda card, hooks: "parse_webhook" in hooks, ("fetch_order",), "a hint must be followed"),
    _Promise(lambda card, hooks: bool(hooks & set(_PARSED)), ("parse_order",), "it fetches orders"),
    _Promise(lambda card, hooks: bool(card.vocabulary.statuses_out), ("push_status",), "it maps statuses outwards"),
    _Promise(lambda card, hooks: bool(card.vocabulary.label_formats), ("label",), "it names label formats"),
    _Promise(
        lambda card, hooks: any(one.kind is SyncKind.STATUSES for one in card.schedules),
        ("track", "fetch_orders"),
        "it wants runs of STATUSES",
    ),
)


def _promises(plugin: object, manifest: Manifest) -> Iterator[Finding]:
    hooks = {one.hook for one in implementations(plugin) if not one.wrapper}
    for promise in _PROMISES:
        if promise.made(manifest, hooks) and not hooks & set(promise.kept_by):
            yield Finding("promises", f"{promise.said}, but implements no {' or '.join(promise.kept_by)}")
    if "label" in hooks and not manifest.vocabulary.label_formats:
        yield Finding("promises", "it implements label, but manifest.vocabulary.label_formats names no format")
    if "push_status" in hooks and not manifest.vocabulary.statuses:
        yield Finding("promises", "it implements push_status, but manifest.vocabulary.statuses is empty")


def _unmarked(plugin: object, manifest: Manifest) -> Iterator[Finding]:
    marked = {one.function for one in implementations(plugin)}
    for name in HOOKS:
        function = getattr(plugin, name, None)
        if inspect.isroutine(function) and function not in marked:
            yield Finding("unmarked", f"{name} has a hook's name but is not marked @hookimpl: mark it or rename it")


def _vocabulary(plugin: object, manifest: Manifest) -> Iterator[Finding]:
    words = manifest.vocabulary
    for part in ("statuses", "payment_methods", "services", "label_formats"):
        for key, count in Counter(term.key for term in getattr(words, part)).items():
            if count > 1:
                yield Finding("vocabulary", f"{part}: {key!r} is there {count} times")
    known = {term.key for term in words.statuses}
    used = {
        "statuses_in": set(words.statuses_in),
        "statuses_out": set(words.statuses_out.values()),
    }
    for part, keys in used.items():
        for key in sorted(keys - known):
            yield Finding("vocabulary", f"{part}: {key!r} is not among the statuses")
    for key in sorted(used["statuses_in"] & set(words.statuses_ignored)):
        yield Finding("vocabulary", f"{key!r} is both in statuses_in and in statuses_ignored")


def _secrets(plugin: object, manifest: Manifest) -> Iterator[Finding]:
    for name, field in manifest.credentials.model_fields.items():
        if _SECRET_NAME.search(name) and not _is_secret(field.annotation):
            yield Finding("secrets", f"credentials.{name} should be a SecretStr, lest it be shown or logged")


def _is_secret(annotation: object) -> bool:
    parts = getattr(annotation, "__args__", (annotation,))
    return any(part in (SecretStr, SecretBytes) or (part is not annotation and _is_secret(part)) for part in parts)


def _forms(plugin: object, manifest: Manifest) -> Iterator[Finding]:
    for part in ("settings", "credentials"):
        for path, problem in form_problems(getattr(manifest, part)):
            yield Finding("forms", f"{part}.{path} {problem}")


def _sandbox(plugin: object, manifest: Manifest) -> Iterator[Finding]:
    if manifest.sandbox is None:
        return
    try:
        app = by_name(manifest.sandbox)()
    except Exception as error:  # whatever keeps an author's sandbox from starting is the finding
        yield Finding("sandbox", f"{manifest.sandbox} cannot be made: {type(error).__name__}: {error}")
        return
    if not callable(app):
        yield Finding("sandbox", f"{manifest.sandbox} made {type(app).__name__}, not an ASGI application")


STATIC_RULES = (_promises, _unmarked, _vocabulary, _secrets, _forms, _sandbox)
