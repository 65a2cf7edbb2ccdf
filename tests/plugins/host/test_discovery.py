"""Loading: what runs, what is refused and with which words, and that one broken plugin leaves the others alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from omnisales_sdk import Kind
from plugins.host import LoadFailure, NotLoaded, Wrapping, load_connectors

from .conftest import Ctx, Site

Shop = Callable[[str], str]


@pytest.mark.spec("PLG-1")
def test_an_installed_connector_is_described(site: Site, shop: Shop) -> None:
    site.install("acme", shop("acme"), version="4.5.6")

    (loaded,) = site.load().connectors()

    assert (loaded.name, loaded.key, loaded.title) == ("acme", "acme", "Acme")
    assert (loaded.distribution, loaded.version) == ("acme-connector", "4.5.6")
    assert loaded.kinds == {Kind.SALES_CHANNEL}
    assert loaded.capabilities == ("fetch_order",)
    assert loaded.settings_schema["properties"]["page_size"]["type"] == "integer"
    assert loaded.credentials_schema["properties"]["token"]["writeOnly"] is True


def test_two_connectors_answer_each_for_itself(site: Site, shop: Shop, ctx: Ctx) -> None:
    site.install("acme", shop("acme"))
    site.install("bolt", shop("bolt"))

    host = site.load()

    assert [one.key for one in host.connectors()] == ["acme", "bolt"]
    assert host.call("acme", "fetch_order", ctx, external_id="1").body == b"acme"
    assert host.call("bolt", "fetch_order", ctx, external_id="1").body == b"bolt"


CARD = "@hookimpl\ndef connector():\n    return card('broken')\n\n"

BROKEN = {
    "import error": ("import there_is_no_such_module", "it cannot be imported: ModuleNotFoundError"),
    "syntax error": ("def (", "it cannot be imported: SyntaxError"),
    "import ends the process": ("raise SystemExit(3)", "it cannot be imported: SystemExit: 3"),
    "no hook": ("def connector():\n    return card('broken')", "no function is marked @hookimpl"),
    "no connector()": (
        "@hookimpl\ndef parse_order(ctx, item): ...",
        "parse_order: without connector() this would answer for other connectors",
    ),
    "misspelt hook": (
        CARD + "@hookimpl\ndef fetch_ordr(ctx, external_id): ...",
        "fetch_ordr: no such hook; did you mean fetch_order?",
    ),
    "unknown hook": (CARD + "@hookimpl\ndef zzz(ctx): ...", "zzz: no such hook"),
    "unknown argument": (
        CARD + "@hookimpl\ndef fetch_order(ctx, order_id): ...",
        "Argument(s) {'order_id'} are declared in the hookimpl but can not be found in the hookspec",
    ),
    "async hook": (CARD + "@hookimpl\nasync def fetch_order(ctx, external_id): ...", "fetch_order: is async"),
    "generator hook": (
        CARD + "@hookimpl\ndef parse_webhook(ctx, delivery):\n    yield 1",
        "parse_webhook: yields; return a list, or mark it wrapper=True",
    ),
    "wrapper that does not yield": (
        CARD + "@hookimpl(wrapper=True)\ndef fetch_order(ctx, external_id): ...",
        "but function is not a generator function",
    ),
    "old wrapper": (
        "@hookimpl(hookwrapper=True)\ndef fetch_order(ctx, external_id):\n    yield",
        "fetch_order: hookwrapper=True is the old way; use wrapper=True",
    ),
    "wrapped card": ("@hookimpl(wrapper=True)\ndef connector():\n    return (yield)", "card cannot be wrapped"),
    "one hook twice": (
        CARD + "@hookimpl\ndef fetch_order(ctx): ...\n" + "@hookimpl(specname='fetch_order')\ndef other(ctx): ...",
        "fetch_order: implemented 2 times",
    ),
    "connector() raises": (
        "@hookimpl\ndef connector():\n    return 1 / 0",
        "connector() failed: ZeroDivisionError: division by zero",
    ),
    "no manifest": ("@hookimpl\ndef connector():\n    return {'key': 'broken'}", "returned dict, not a Manifest"),
    "nothing": ("@hookimpl\ndef connector(): ...", "returned NoneType, not a Manifest"),
    "other major": (
        "@hookimpl\ndef connector():\n    return card('broken', contract=(2, 1))",
        "built for contract 2.1, this host has 1.0",
    ),
    "wrong field": (
        "@hookimpl\ndef connector():\n    return card('broken', settling=120)",
        "manifest.settling: is int, must be timedelta",
    ),
    "settings no model": (
        "@hookimpl\ndef connector():\n    return card('broken', settings=dict)",
        "manifest.settings: is <class 'dict'>, must be a subclass of BaseModel",
    ),
    "key": ("@hookimpl\ndef connector():\n    return card('Broken Key')", "manifest.key: 'Broken Key' must be"),
    "secret in settings": (
        "class Open(BaseModel):\n    api_key: SecretStr\n@hookimpl\n"
        "def connector():\n    return card('broken', settings=Open)",
        "manifest.settings: api_key is a secret; secrets belong to the credentials",
    ),
    "webhook secret unknown": (
        "@hookimpl\ndef connector():\n    return card('broken', webhook=WebhookScheme(in_path=True))",
        "manifest.webhook: the credentials have no field 'webhook_secret'",
    ),
    "webhook without a way": (
        "@hookimpl\ndef connector():\n    return card('broken', webhook=WebhookScheme(secret_field='token'))",
        "manifest.webhook: must say either signature_header or in_path",
    ),
    "no JSON Schema": (
        "class Odd(BaseModel):\n    model_config = {'arbitrary_types_allowed': True}\n    thing: type(lambda: 0)\n"
        "@hookimpl\ndef connector():\n    return card('broken', settings=Odd)",
        "manifest.settings: has no JSON Schema",
    ),
}


@pytest.mark.spec("PLG-3")
@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_plugin_is_reported_and_the_rest_runs_on(
    site: Site, shop: Shop, ctx: Ctx, source: str, reason: str
) -> None:
    site.install("broken", source)
    site.install("whole", shop("whole"))

    host = site.load()

    (failure,) = host.failures()
    assert (failure.name, failure.distribution, failure.version) == ("broken", "broken-connector", "1.2.3")
    assert reason in failure.reason
    assert [one.key for one in host.connectors()] == ["whole"]
    assert host.call("whole", "fetch_order", ctx, external_id="1").body == b"whole"
    with pytest.raises(NotLoaded) as caught:
        host.call("broken", "fetch_order", ctx, external_id="1")
    assert caught.value.reason == failure.reason


def test_a_failed_import_is_listed_with_its_traceback(site: Site) -> None:
    site.install("broken", "def helper():\n    return 1 / 0\nhelper()")

    (failure,) = site.load().failures()

    assert failure.reason == "it cannot be imported: ZeroDivisionError: division by zero"
    assert "in helper" in failure.traceback
    assert failure.traceback.endswith("ZeroDivisionError: division by zero\n")


def test_a_key_is_given_once_and_ours_comes_first(site: Site, shop: Shop, ctx: Ctx) -> None:
    site.install("zeta", shop("shop"), dist="omnisales")
    site.install("alpha", shop("shop") + "    # the same key\n", dist="alpha-shop")

    host = site.load()

    assert [(one.name, one.key, one.distribution) for one in host.connectors()] == [("zeta", "shop", "omnisales")]
    (failure,) = host.failures()
    assert (failure.name, failure.reason) == ("alpha", "the key 'shop' is taken by zeta of omnisales")


def test_a_third_party_may_replace_a_built_in_that_is_disabled(site: Site, shop: Shop) -> None:
    site.install("shop", shop("shop"), dist="omnisales")
    site.install("better-shop", shop("shop"))

    host = site.load({"OMNISALES_CONNECTORS_DISABLED": "shop"})

    assert [(one.name, one.key) for one in host.connectors()] == [("better-shop", "shop")]
    assert host.disabled() == ["shop"]
    assert host.failures() == []


def test_one_name_in_two_distributions_loads_once(site: Site, shop: Shop) -> None:
    site.install("acme", shop("acme"), dist="one")
    site.install("acme", shop("other"), dist="two")

    host = site.load()

    assert len(host.connectors()) == 1
    (failure,) = host.failures()
    assert failure.reason == "another distribution has a plugin of this name, which was loaded first"


def test_one_module_under_two_names_loads_once(site: Site, shop: Shop) -> None:
    site.install("acme", shop("acme"), module="throwaway_twice", dist="one")
    site.install("bolt", shop("acme"), module="throwaway_twice", dist="two")

    host = site.load()

    assert [one.name for one in host.connectors()] == ["acme"]
    assert [(one.name, one.reason) for one in host.failures()] == [("bolt", "the key 'acme' is taken by acme of one")]


@pytest.mark.spec("PLG-3")
def test_a_disabled_plugin_is_never_imported(site: Site, shop: Shop, tmp_path: Path) -> None:
    site.install("acme", f"open({str(tmp_path / 'imported')!r}, 'w')")
    site.install("bolt", shop("bolt"))

    host = site.load({"OMNISALES_CONNECTORS_DISABLED": " acme ,"})

    assert not (tmp_path / "imported").exists()
    assert host.disabled() == ["acme"]
    assert [one.key for one in host.connectors()] == ["bolt"]
    with pytest.raises(NotLoaded, match="it is disabled"):
        host.get("acme")


def test_only_the_wanted_are_loaded_and_a_missing_one_is_said(site: Site, shop: Shop) -> None:
    site.install("acme", shop("acme"))
    site.install("bolt", shop("bolt"))

    by_environment = site.load({"OMNISALES_CONNECTORS": "bolt, ghost"})
    by_argument = site.load({"OMNISALES_CONNECTORS": "bolt"}, only=["acme"])

    assert [one.key for one in by_environment.connectors()] == ["bolt"]
    assert by_environment.failures() == [
        LoadFailure(name="ghost", distribution="", version="", reason="no such connector is installed")
    ]
    assert [one.key for one in by_argument.connectors()] == ["acme"]


def test_a_plugin_of_wrappers_only_is_no_connector(site: Site, shop: Shop) -> None:
    site.install("acme", shop("acme"))
    site.install(
        "watch",
        """
        @hookimpl(wrapper=True)
        def parse_order(ctx, item):
            return (yield)

        @hookimpl(wrapper=True)
        def fetch_order(ctx, external_id):
            return (yield)
        """,
    )

    host = site.load()

    assert [one.key for one in host.connectors()] == ["acme"]
    assert host.wrappings() == [
        Wrapping(name="watch", distribution="watch-connector", version="1.2.3", hooks=("fetch_order", "parse_order"))
    ]
    assert host.failures() == []


def test_a_hook_of_a_later_contract_may_be_marked_optional(site: Site) -> None:
    site.install("acme", CARD.replace("broken", "acme") + "@hookimpl(optionalhook=True)\ndef teleport(ctx): ...")

    host = site.load()

    assert host.failures() == []
    assert host.get("acme").capabilities == ()


def test_an_object_that_cannot_be_hashed_is_refused(site: Site, shop: Shop, ctx: Ctx) -> None:
    site.install(
        "odd",
        """
        class Odd:
            __hash__ = None

            @hookimpl
            def connector(self):
                return card("odd")

        odd = Odd()
        """,
        attribute="odd",
    )
    site.install("whole", shop("whole"))

    host = site.load()

    assert [one.reason for one in host.failures()] == ["it cannot be registered: TypeError: unhashable type: 'Odd'"]
    assert host.call("whole", "fetch_order", ctx, external_id="1").body == b"whole"


def test_without_arguments_the_environment_is_read(site: Site, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("acme", shop("acme"))
    site.install("bolt", shop("bolt"))
    monkeypatch.setenv("OMNISALES_CONNECTORS", "acme,bolt")
    monkeypatch.setenv("OMNISALES_CONNECTORS_DISABLED", "bolt")

    host = load_connectors()

    assert [one.key for one in host.connectors()] == ["acme"]
    assert (host.failures(), host.disabled()) == ([], ["bolt"])
