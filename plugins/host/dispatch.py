"""Calls one connector's hook, with the wrappers around it and no other connector, and checks what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from traceback import format_exception
from typing import Any

import pluggy

from omnisales_sdk import ConnectorSignal, Context
from omnisales_sdk.checks import HOOKS, Check, check_for

from .errors import ConnectorBug
from .masking import scrub, secret_values


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One hook of one connector, made ready once: pure hooks are called for every order that comes in."""

    key: str
    hook: str
    caller: pluggy.HookCaller
    arguments: frozenset[str]
    check: Check
    plugins: tuple[str, ...]


def operations(manager: pluggy.PluginManager, connectors: Mapping[str, object]) -> Mapping[tuple[str, str], Operation]:
    """Every (key, hook) that can be called. `connectors` are the plugins by key; all others in `manager` wrap them."""
    ready = {}
    for key, plugin in connectors.items():
        others = [other for other in connectors.values() if other is not plugin]
        for name, hook in HOOKS.items():
            caller = manager.subset_hook_caller(name, others)
            implementations = caller.get_hookimpls()
            if not any(one.plugin is plugin and not one.wrapper for one in implementations):
                continue
            ready[key, name] = Operation(
                key=key,
                hook=name,
                caller=caller,
                arguments=frozenset(hook.arguments),
                check=check_for(hook.answer),
                plugins=tuple(one.plugin_name for one in implementations),
            )
    return ready


def run(operation: Operation, ctx: Context[Any, Any], arguments: Mapping[str, Any]) -> Any:
    """The hook's answer, checked; sequences become tuples. Raises the contract's signals as they are, `ConnectorBug`
    for all else, and `TypeError` when the caller's arguments are not the hook's.
    """
    given = {"ctx": ctx, **arguments}
    if given.keys() != operation.arguments:
        raise TypeError(f"{operation.hook} takes {sorted(operation.arguments)}, was given {sorted(given)}")
    try:
        answer = operation.caller(**given)
    except ConnectorSignal as signal:
        _mask(signal, secret_values(ctx.credentials))
        raise
    except (Exception, SystemExit) as error:  # a third party's code may raise anything, and must not end the worker
        raise _bug(operation, ctx, error) from None
    misfit = operation.check(answer)
    if misfit is not None:
        raise ConnectorBug(operation.key, operation.hook, f"answered wrongly: {misfit}", plugins=operation.plugins)
    return tuple(answer) if isinstance(answer, Sequence) else answer


def _mask(signal: ConnectorSignal, secrets: frozenset[str]) -> None:
    """Its words go into runs, diary and answers, and may repeat what a far side said: one that echoes our key."""
    signal.args = tuple(scrub(one, secrets) if isinstance(one, str) else one for one in signal.args)
    for name in ("message", "remedy", "cause"):
        words = getattr(signal, name, None)
        if isinstance(words, str):
            setattr(signal, name, scrub(words, secrets))


def _bug(operation: Operation, ctx: Context[Any, Any], error: BaseException) -> ConnectorBug:
    secrets = secret_values(ctx.credentials)
    return ConnectorBug(
        operation.key,
        operation.hook,
        scrub(f"raised {type(error).__name__}: {error}", secrets),
        plugins=operation.plugins,
        traceback=scrub("".join(format_exception(error)), secrets),
    )
