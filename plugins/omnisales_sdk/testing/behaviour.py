"""Conformance rules that call a connector's hooks: the pure ones twice, the others against the worst far sides."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from omnisales_sdk.checks import HOOKS, Implementation, check_for, implementations
from omnisales_sdk.context import Context
from omnisales_sdk.errors import ConnectorSignal, NeedsHuman
from omnisales_sdk.manifest import Manifest
from omnisales_sdk.sales import Delivery, RawItem

from .context import make_context
from .examples import example_arguments, example_of
from .far_sides import ForbiddenClient, far_sides
from .finding import Finding, Samples

_RUBBISH = (
    b"",
    b"{",
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b"[null]",
    b'{"id": null}',
    b"\x00\xff\xfe",
    b'{"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}',
    b"<!DOCTYPE html><html></html>",
)

_PURE: dict[str, Callable[[Samples], Iterable[tuple[str, RawItem | Delivery]]]] = {
    "parse_order": lambda samples: (
        *((f"of order {item.external_id}", item) for item in samples.orders),
        *((f"of {body[:30]!r}", RawItem(external_id="1", body=body)) for body in _RUBBISH),
    ),
    "parse_webhook": lambda samples: _deliveries(samples),
    "parse_tracking": lambda samples: _deliveries(samples),
}


def _deliveries(samples: Samples) -> Iterator[tuple[str, Delivery]]:
    for number, delivery in enumerate(samples.deliveries, 1):
        yield f"of delivery {number}", delivery
    for body in _RUBBISH:
        yield f"of {body[:30]!r}", Delivery(body=body)


class _Outcome(NamedTuple):
    """What came of a call: an answer, one of the contract's signals, or a fault."""

    answer: Any = None
    signal: ConnectorSignal | None = None
    fault: Exception | None = None

    def told(self) -> Any:
        """What two calls are compared by; exceptions are never equal."""
        error = self.signal or self.fault
        return self.answer if error is None else (type(error), str(error), getattr(error, "cause", None))


def behaviour_findings(plugin: object, manifest: Manifest, samples: Samples) -> Iterator[Finding]:
    try:
        settings = samples.settings or example_of(manifest.settings)
        credentials = samples.credentials or example_of(manifest.credentials)
    except ValueError as error:
        yield Finding(
            "samples",
            f"no settings or credentials can be made up, give them in Samples: {' '.join(str(error).split())}",
        )
        return
    ctx = make_context(settings, credentials, webhook_url="https://oms.example.test/webhooks/conformance")
    for one in implementations(plugin):
        if one.wrapper or one.hook == "connector" or one.hook not in HOOKS:
            continue
        if one.hook in _PURE:
            yield from _purity(one, ctx, _PURE[one.hook](samples))
        else:
            yield from _weather(one, ctx, example_arguments(manifest, samples))


def _purity(
    one: Implementation, ctx: Context[Any, Any], inputs: Iterable[tuple[str, RawItem | Delivery]]
) -> Iterator[Finding]:
    client = ForbiddenClient()
    years = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    for title, value in inputs:
        first, second = (
            _call(one, {"ctx": replace(ctx, http=client, now=_clock(year)), "item": value, "delivery": value})
            for year in years
        )
        yield from _in_contract(one, f"{one.hook} {title}", first)
        if first.signal is not None and not isinstance(first.signal, NeedsHuman):
            kind = type(first.signal).__name__
            yield Finding("pure", f"{one.hook} {title} raised {kind}: a pure hook has only NeedsHuman to raise")
        if first.told() != second.told():
            yield Finding("pure", f"{one.hook} {title} gave two answers for one input")
    client.close()


def _clock(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def _weather(one: Implementation, ctx: Context[Any, Any], arguments: dict[str, Any]) -> Iterator[Finding]:
    for title, client in far_sides().items():
        outcome = _call(one, {"ctx": replace(ctx, http=client), **arguments})
        yield from _in_contract(one, f"{one.hook}, when the far side {title},", outcome)
        client.close()


def _in_contract(one: Implementation, what: str, outcome: _Outcome) -> Iterator[Finding]:
    if outcome.fault is not None:
        fault = f"{type(outcome.fault).__name__}: {outcome.fault}"
        yield Finding("signals", f"{what} raised {fault}; raise a signal of the contract, or answer")
    elif outcome.signal is None:
        misfit = check_for(HOOKS[one.hook].answer)(outcome.answer)
        if misfit is not None:
            yield Finding("answers", f"{what} answered wrongly: {misfit}")


def _call(one: Implementation, arguments: dict[str, Any]) -> _Outcome:
    wanted = inspect.signature(one.function).parameters
    try:
        return _Outcome(answer=one.function(**{name: arguments[name] for name in wanted}))
    except ConnectorSignal as signal:
        return _Outcome(signal=signal)
    except Exception as fault:  # whatever it is, it is the finding
        return _Outcome(fault=fault)
