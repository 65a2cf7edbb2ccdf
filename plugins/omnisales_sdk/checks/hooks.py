"""The hooks of the contract, and what is wrong with a plugin's implementations of them."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_type_hints

import pluggy

from omnisales_sdk import hookspecs
from omnisales_sdk._markers import hookspec


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """One hook of the contract: its arguments in order, the type of its answer, and its sentence."""

    name: str
    arguments: tuple[str, ...]
    answer: Any
    doc: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Implementation:
    """A function of a plugin that is marked `@hookimpl`, for the hook `hook`."""

    hook: str
    function: Callable[..., Any]
    wrapper: bool
    old_wrapper: bool
    optional: bool


def _specified() -> Iterator[Hook]:
    for name, function in vars(hookspecs).items():
        if hasattr(function, f"{hookspec.project_name}_spec"):
            yield Hook(
                name=name,
                arguments=tuple(inspect.signature(function).parameters),
                answer=get_type_hints(function)["return"],
                doc=inspect.getdoc(function) or "",
            )


HOOKS: Mapping[str, Hook] = {hook.name: hook for hook in _specified()}
"""All hooks by name, in the order of the contract's page."""


def implementations(plugin: object) -> tuple[Implementation, ...]:
    """The marked functions of a plugin (a module, a class or an object), by name; known to the contract or not."""
    manager = pluggy.PluginManager(hookspec.project_name)
    found = []
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is not None:
            found.append(
                Implementation(
                    hook=options.get("specname") or name,
                    function=getattr(plugin, name),
                    wrapper=bool(options.get("wrapper") or options.get("hookwrapper")),
                    old_wrapper=bool(options.get("hookwrapper")),
                    optional=bool(options.get("optionalhook")),
                )
            )
    return tuple(found)


def hook_problems(plugin: object) -> list[str]:
    """Why the host would refuse these implementations; empty when it takes them."""
    found = implementations(plugin)
    if not found:
        return ["no function is marked @hookimpl"]
    problems = [problem for one in found for problem in _problems_of(one)]
    answered = Counter(one.hook for one in found if not one.wrapper)
    problems += [f"{hook}: implemented {count} times" for hook, count in answered.items() if count > 1]
    if "connector" not in answered:
        # Every connector's calls pass a plugin without a card of its own: it may stand around them, not answer.
        problems += [
            f"{hook}: without connector() this would answer for other connectors; write connector(), or wrapper=True"
            for hook in answered
        ]
    return problems or _signature_problems(plugin)


def _problems_of(one: Implementation) -> Iterator[str]:
    if one.hook not in HOOKS:
        if not one.optional:
            near = get_close_matches(one.hook, HOOKS, n=1)
            yield f"{one.hook}: no such hook" + (f"; did you mean {near[0]}?" if near else "")
        return
    if one.old_wrapper:
        yield f"{one.hook}: hookwrapper=True is the old way; use wrapper=True"
    if one.wrapper and one.hook == "connector":
        yield "connector: a connector's card cannot be wrapped"
    if inspect.iscoroutinefunction(one.function) or inspect.isasyncgenfunction(one.function):
        yield f"{one.hook}: is async; hooks are plain functions"
    if not one.wrapper and inspect.isgeneratorfunction(one.function):
        yield f"{one.hook}: yields; return a list, or mark it wrapper=True"


def _signature_problems(plugin: object) -> list[str]:
    """pluggy's own verification: arguments that the contract does not have, wrappers that do not yield."""
    manager = pluggy.PluginManager(hookspec.project_name)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin)
    except pluggy.PluginValidationError as error:
        return [" ".join(str(error).split())]
    return []
