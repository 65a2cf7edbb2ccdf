"""Calls: one connector and the wrappers, answers checked at the border, faults told apart from signals."""

import pytest

from omnisales_sdk import Gone, NeedsHuman, RawItem, TryLater
from plugins.host import ConnectorBug, Host, NotLoaded, Unsupported

from .conftest import Ctx, Site

CARD = "@hookimpl\ndef connector():\n    return card('acme')\n\n"
FETCH = CARD + "@hookimpl\ndef fetch_order(ctx, external_id):\n    return RawItem(external_id=external_id, body=b'')\n"


def host_with(site: Site, acme: str, **others: str) -> Host:
    site.install("acme", acme)
    for name, source in others.items():
        site.install(name, source)
    host = site.load()
    assert host.failures() == []
    return host


def test_a_hook_that_is_not_implemented_is_unsupported(site: Site, ctx: Ctx) -> None:
    host = host_with(site, FETCH)

    with pytest.raises(Unsupported, match="connector acme does not implement parse_order") as caught:
        host.call("acme", "parse_order", ctx, item=RawItem(external_id="1", body=b""))

    assert (caught.value.code, caught.value.key, caught.value.hook) == ("hook_unsupported", "acme", "parse_order")
    assert host.supports("acme", "fetch_order")
    assert not host.supports("acme", "parse_order")
    assert not host.supports("nobody", "fetch_order")


def test_an_unknown_connector_is_not_loaded(site: Site, ctx: Ctx) -> None:
    host = host_with(site, FETCH)

    with pytest.raises(NotLoaded, match="no such connector is installed"):
        host.call("nobody", "fetch_order", ctx, external_id="1")


def test_a_wrapper_alone_makes_no_capability(site: Site, ctx: Ctx) -> None:
    host = host_with(site, CARD, watch="@hookimpl(wrapper=True)\ndef fetch_order():\n    return (yield)")

    with pytest.raises(Unsupported):
        host.call("acme", "fetch_order", ctx, external_id="1")


WATCH = """
from omnisales_sdk import *
@hookimpl(wrapper=True)
def fetch_order(ctx, external_id):
    if external_id == "forbidden":
        raise NeedsHuman("veto", "not this one", remedy="ask")
    answer = yield
    return Gone(external_id=external_id, reason="seen as " + type(answer).__name__)
"""


@pytest.mark.spec("PLG-1")
def test_wrappers_stand_around_every_connector(site: Site, ctx: Ctx) -> None:
    bolt = FETCH.replace("'acme'", "'bolt'").replace("RawItem(external_id=external_id, body=b'')", "None")
    host = host_with(site, FETCH, bolt=bolt, watch=WATCH)

    assert host.call("acme", "fetch_order", ctx, external_id="1") == Gone(external_id="1", reason="seen as RawItem")
    assert host.call("bolt", "fetch_order", ctx, external_id="1") == Gone(external_id="1", reason="seen as NoneType")


def test_a_wrapper_may_veto(site: Site, ctx: Ctx) -> None:
    host = host_with(site, FETCH, watch=WATCH)

    with pytest.raises(NeedsHuman) as caught:
        host.call("acme", "fetch_order", ctx, external_id="forbidden")

    assert caught.value.cause == "veto"


def test_a_connectors_own_wrapper_stands_around_it_alone(site: Site, ctx: Ctx) -> None:
    own = (
        FETCH + "@hookimpl(wrapper=True, specname='fetch_order')\ndef own(external_id):\n    yield\n"
        "    return Gone(external_id=external_id, reason='own')\n"
    )
    host = host_with(site, own, bolt=FETCH.replace("'acme'", "'bolt'"))

    assert host.call("acme", "fetch_order", ctx, external_id="1") == Gone(external_id="1", reason="own")
    assert host.call("bolt", "fetch_order", ctx, external_id="1") == RawItem(external_id="1", body=b"")


SIGNALS = {
    "TryLater('busy', after=timedelta(seconds=9))": TryLater,
    "NeedsHuman('sku:A', 'unknown', remedy='create it')": NeedsHuman,
}


@pytest.mark.parametrize(("raised", "kind"), SIGNALS.items())
def test_signals_pass_as_they_are(site: Site, ctx: Ctx, raised: str, kind: type[Exception]) -> None:
    host = host_with(site, CARD + f"@hookimpl\ndef fetch_order(ctx, external_id):\n    raise {raised}")

    with pytest.raises(kind):
        host.call("acme", "fetch_order", ctx, external_id="1")


@pytest.mark.spec("PLG-3")
@pytest.mark.parametrize("raised", ["KeyError('x')", "SystemExit(1)", "StopIteration()", "AssertionError()"])
def test_anything_else_is_the_connectors_bug(site: Site, ctx: Ctx, raised: str) -> None:
    host = host_with(site, CARD + f"@hookimpl\ndef fetch_order(ctx, external_id):\n    raise {raised}")

    with pytest.raises(ConnectorBug) as caught:
        host.call("acme", "fetch_order", ctx, external_id="1")

    bug = caught.value
    assert (bug.code, bug.key, bug.hook, bug.plugins) == ("connector_bug", "acme", "fetch_order", ("acme",))
    assert bug.reason.startswith(f"raised {raised.partition('(')[0]}:")
    assert f"raise {raised}" in bug.traceback


def test_a_bug_tells_no_secret(site: Site, ctx: Ctx) -> None:
    source = (
        "@hookimpl\ndef fetch_order(ctx, external_id):\n    raise KeyError(ctx.credentials.token.get_secret_value())"
    )
    host = host_with(site, CARD + source)

    with pytest.raises(ConnectorBug) as caught:
        host.call("acme", "fetch_order", ctx, external_id="1")

    assert caught.value.reason == "raised KeyError: '***'"
    assert "s3cret-token" not in caught.value.traceback + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_wrappers_bug_names_those_who_took_part(site: Site, ctx: Ctx) -> None:
    host = host_with(site, FETCH, watch="@hookimpl(wrapper=True)\ndef fetch_order():\n    yield\n    return 1 / 0")

    with pytest.raises(ConnectorBug, match="fetch_order of acme within watch: raised ZeroDivisionError") as caught:
        host.call("acme", "fetch_order", ctx, external_id="1")

    assert caught.value.plugins == ("acme", "watch")


def test_an_interrupt_of_the_worker_is_no_bug(site: Site, ctx: Ctx) -> None:
    host = host_with(site, CARD + "@hookimpl\ndef fetch_order(ctx, external_id):\n    raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        host.call("acme", "fetch_order", ctx, external_id="1")


LINE = "ExternalLine(external_id='1', name='', quantity=Decimal(1), subtotal=Decimal(1), total=TOTAL, tax=Decimal(0))"
ORDER = (
    "ExternalOrder(external_id='1', number='1', status='x', currency='RON', placed_at=PLACED, total=Decimal(1), "
    "lines=LINES)".replace("LINES", f"({LINE},)")
)
GOOD = {"TOTAL": "Decimal(1)", "PLACED": "datetime(2026, 5, 1, tzinfo=UTC)"}
WRONG = {
    "nothing": ("None", "is None, must be ExternalOrder or Ignored"),
    "a dict": ("{'external_id': '1'}", "is dict, must be ExternalOrder or Ignored"),
    "another answer": ("Gone(external_id='1', reason='')", "is Gone, must be ExternalOrder or Ignored"),
    "a float amount": (ORDER.replace("TOTAL", "1.0"), "lines.0.total: is float, must be Decimal"),
    "no amount": (ORDER.replace("TOTAL", "Decimal('NaN')"), "lines.0.total: is NaN, must be a finite amount"),
    "an int amount": (ORDER.replace("TOTAL", "1"), "lines.0.total: is int, must be Decimal"),
    "a naive time": (ORDER.replace("PLACED", "datetime(2026, 5, 1)"), "placed_at: is 2026-05-01T00:00:00, must be"),
    "local time": (
        ORDER.replace("PLACED", "datetime(2026, 5, 1).astimezone(__import__('zoneinfo').ZoneInfo('Europe/Bucharest'))"),
        "placed_at: is 2026-05-01T",
    ),
    "a list of lines": (ORDER.replace(f"({LINE},)", f"[{LINE}]"), "lines: is list, must be tuple of ExternalLine"),
}


def answering(value: str) -> str:
    for word, good in GOOD.items():
        value = value.replace(word, good)
    return CARD + f"@hookimpl\ndef parse_order(ctx, item):\n    return {value}"


@pytest.mark.parametrize(("answer", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_answer_stops_at_the_border(site: Site, ctx: Ctx, answer: str, message: str) -> None:
    host = host_with(site, answering(answer))

    with pytest.raises(ConnectorBug) as caught:
        host.call("acme", "parse_order", ctx, item=RawItem(external_id="1", body=b""))

    assert caught.value.reason.startswith("answered wrongly: ")
    assert message in caught.value.reason
    assert caught.value.hook == "parse_order"


def test_a_right_answer_passes(site: Site, ctx: Ctx) -> None:
    host = host_with(site, answering(ORDER))

    order = host.call("acme", "parse_order", ctx, item=RawItem(external_id="1", body=b""))

    assert order.lines[0].name == ""


def test_sequences_become_tuples_and_their_items_are_checked(site: Site, ctx: Ctx) -> None:
    source = CARD + "@hookimpl\ndef ensure_webhooks(ctx):\n    return {}\n".replace("{}", "['a', %s]")
    host = host_with(site, source % "'b'", bolt=source.replace("'acme'", "'bolt'") % "3")

    assert host.call("acme", "ensure_webhooks", ctx) == ("a", "b")
    with pytest.raises(ConnectorBug, match="answered wrongly: 1: is int, must be str"):
        host.call("bolt", "ensure_webhooks", ctx)


def test_none_is_an_answer_where_the_contract_says_so(site: Site, ctx: Ctx) -> None:
    host = host_with(site, CARD + "@hookimpl\ndef find_awb(ctx, key):\n    return None")

    assert host.call("acme", "find_awb", ctx, key="k") is None


@pytest.mark.parametrize("arguments", [{}, {"external_id": "1", "more": 2}, {"order_id": "1"}])
def test_a_callers_wrong_arguments_are_the_callers_fault(site: Site, ctx: Ctx, arguments: dict[str, object]) -> None:
    host = host_with(site, FETCH)

    with pytest.raises(TypeError, match="fetch_order takes"):
        host.call("acme", "fetch_order", ctx, **arguments)


@pytest.mark.spec("CHN-3")
@pytest.mark.parametrize("signal", ["TryLater(words)", "NeedsHuman('store:refused', words, remedy=words)"])
def test_a_far_side_that_echoes_our_secret_tells_nobody(site: Site, ctx: Ctx, signal: str) -> None:
    """Its words go into runs, the diary and answers."""
    raising = f"    words = 'it says: ' + ctx.credentials.token.get_secret_value()\n    raise {signal}\n"
    host = host_with(site, CARD + "@hookimpl\ndef fetch_order(ctx, external_id):\n" + raising)

    with pytest.raises((TryLater, NeedsHuman)) as caught:
        host.call("acme", "fetch_order", ctx, external_id="1")

    assert str(caught.value) == caught.value.message == "it says: ***"
    assert getattr(caught.value, "remedy", "it says: ***") == "it says: ***"
