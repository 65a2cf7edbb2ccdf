"""The conformance checks find each slip, and nothing in a connector that has none."""

import socket
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, field_validator

from omnisales_sdk import Delivery, RawItem
from omnisales_sdk.testing.conformance import Finding, Samples, check_connector
from omnisales_sdk.testing.examples import example_of

pytestmark = pytest.mark.spec("PLG-2")

GOOD = """
import json, random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from pydantic import BaseModel, Field, SecretStr, field_validator
from omnisales_sdk import *

class Settings(BaseModel):
    region: str = Field(title="Region", description="Where it sells.")

class Credentials(BaseModel):
    token: SecretStr = Field(title="Token", description="As Acme shows it.")

class Picky(BaseModel):
    region: str

    @field_validator("region")
    def check(cls, value):
        if value != "RO":
            raise ValueError("unknown region")
        return value

def card(**changes):
    return Manifest(**{
        "key": "acme", "title": "Acme", "kinds": frozenset({Kind.SALES_CHANNEL}), "settings": Settings,
        "credentials": Credentials, "webhook": WebhookScheme(signature_header="sign", secret_field="token"),
        "vocabulary": Vocabulary(
            statuses=(Term(key="new", title="New"), Term(key="sent", title="Sent")),
            statuses_in={"new": OrderStatus.PROCESSING}, statuses_ignored={"draft": "not placed yet"},
            statuses_out={OrderStatus.SHIPPING: "sent"},
        ),
        "schedules": (Schedule(kind=SyncKind.ORDERS, every=timedelta(minutes=5)),), **changes,
    })

def call(ctx):
    answer = ctx.http.send("GET", "https://acme.example")
    if answer.status != 200 or not answer.is_json:
        raise TryLater("no JSON")
    return answer

def read(body):
    try:
        return json.loads(body)["id"]
    except (ValueError, TypeError, LookupError):
        raise NeedsHuman("payload:invalid", "cannot be read", remedy="ask") from None

@hookimpl
def connector():
    return card()

@hookimpl
def test_connection(ctx):
    return ConnectionTest(ok=call(ctx).status == 200, message="here")

@hookimpl
def fetch_orders(ctx, cursor):
    call(ctx)
    return Page(items=(), cursor=cursor, more=False)

@hookimpl
def fetch_order(ctx, external_id):
    return RawItem(external_id=external_id, body=call(ctx).content)

@hookimpl
def parse_webhook(ctx, delivery):
    return [Hint(external_id=str(read(delivery.body)), reason="changed")]

@hookimpl
def parse_order(ctx, item):
    return ExternalOrder(
        external_id=str(read(item.body)), number="1", status="new", currency="RON", total=Decimal(1), lines=(),
        placed_at=datetime(2026, 5, 1, tzinfo=UTC),
    )

@hookimpl
def push_status(ctx, push):
    call(ctx)
    return Pushed(status=push.status, version=None, changed=True)
"""


@pytest.fixture
def module(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The good connector, or with the test's replacements made in its source."""
    source = GOOD
    for old, new in getattr(request, "param", []):
        assert old in source
        source = source.replace(old, new)
    module = ModuleType("throwaway_conformance")
    sys.modules[module.__name__] = module
    exec(compile(source, "throwaway_conformance.py", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


def test_a_good_connector_has_no_findings(module: ModuleType) -> None:
    samples = Samples(
        orders=[RawItem(external_id="7", body=b'{"id": 7}')], deliveries=[Delivery(body=b'{"id": 7}', headers={})]
    )

    assert check_connector(module, samples) == []


def card_with(change: str) -> tuple[str, str]:
    return ("    return card()", f"    return card({change})")


def without(hook: str) -> tuple[str, str]:
    return (f"@hookimpl\ndef {hook}(", f"def other_{hook}(")


SLIPS = {
    "misspelt": ([("def fetch_orders(", "def fetch_ordres(")], ("hooks", "fetch_ordres: no such hook; did you mean")),
    "no card": (
        [("@hookimpl\ndef connector", "def connector")],
        ("hooks", "fetch_order: without connector() this would answer"),
    ),
    "wrong card": ([card_with("settling=3")], ("manifest", "manifest.settling: is int, must be timedelta")),
    "key": ([card_with("key='A'")], ("manifest", "manifest.key: 'A' must be")),
    "unmarked": (
        [("@hookimpl\ndef fetch_order(", "def fetch_order(")],
        ("unmarked", "fetch_order has a hook's name but is not marked @hookimpl"),
    ),
    "no trial": ([without("test_connection")], ("promises", "it has credentials to try, but implements no test_conn")),
    "no push": ([without("push_status")], ("promises", "it maps statuses outwards, but implements no push_status")),
    "no poll": ([without("fetch_orders")], ("promises", "it wants runs of ORDERS, but implements no fetch_orders")),
    "no webhook": (
        [without("parse_webhook")],
        ("promises", "it has a webhook scheme, but implements no parse_webhook or parse_tracking"),
    ),
    "no hint": ([without("fetch_order")], ("promises", "a hint must be followed, but implements no fetch_order")),
    "no courier": (
        [card_with("kinds=frozenset({Kind.COURIER})")],
        ("promises", "it is a courier, but implements no create_awb"),
    ),
    "double word": (
        [('(Term(key="new", title="New"), ', "(Term(key='new', title='New'), Term(key='new', title='Again'), ")],
        ("vocabulary", "statuses: 'new' is there 2 times"),
    ),
    "unknown word": ([('statuses_in={"new"', 'statuses_in={"nwe"')], ("vocabulary", "statuses_in: 'nwe' is not among")),
    "two fates": (
        [('statuses_ignored={"draft"', 'statuses_ignored={"new"')],
        ("vocabulary", "'new' is both in statuses_in and in statuses_ignored"),
    ),
    "open secret": (
        [("class Credentials(BaseModel):", "class Credentials(BaseModel):\n    api_key: str = ''")],
        ("secrets", "credentials.api_key should be a SecretStr"),
    ),
    "no title": (
        [('region: str = Field(title="Region", ', "region: str = Field(")],
        ("forms", "settings.region has no title"),
    ),
    "no description": (
        [('Field(title="Token", description="As Acme shows it.")', 'Field(title="Token")')],
        ("forms", "credentials.token has no description"),
    ),
    "known secret": (
        [('Field(title="Token", ', 'Field("s3cret", title="Token", ')],
        ("forms", "credentials.token is a secret with a default"),
    ),
    "bare choices": (
        [("    region: str =", "    region: Literal['RO', 'BG'] =")],
        ("forms", "settings.region has choices without titles: give"),
    ),
    "a choice without title": (
        [
            ("    region: str =", "    region: Literal['RO', 'BG'] ="),
            ('description="Where it sells."', 'description="?", json_schema_extra=hints(titles={"RO": "Romania"})'),
        ],
        ("forms", "settings.region has choices without titles: 'BG'"),
    ),
    "nested": (
        [
            ("class Settings(BaseModel):", "class Part(BaseModel):\n    size: int\n\nclass Settings(BaseModel):"),
            (
                "    region: str =",
                "    part: Part | None = Field(None, title='Part', description='?')\n    region: str =",
            ),
        ],
        ("forms", "settings.part.size has no title"),
    ),
    "no type": (
        [("    region: str =", "    region: object =")],
        ("forms", "settings.region has no type"),
    ),
    "identity": (
        [card_with("identity=('shop',)")],
        ("manifest", "manifest.identity: the settings have no field 'shop'"),
    ),
    "version": ([card_with("settings_version=0")], ("manifest", "manifest.settings_version: must be 1 or more")),
    "upgrade": (
        [card_with("upgrade_settings=3")],
        ("manifest", "manifest.upgrade_settings: is int, must be collections.abc.Callable"),
    ),
    "no sandbox": (
        [card_with("sandbox='there_is_no:app'")],
        ("sandbox", "there_is_no:app cannot be made: ModuleNotFoundError"),
    ),
    "no factory": ([card_with("sandbox='json:nothing'")], ("sandbox", "json:nothing cannot be made: ImportError")),
    "no app": ([card_with("sandbox='builtins:dict'")], ("sandbox", "builtins:dict made dict, not an ASGI application")),
    "settings to guess": (
        [card_with("settings=Picky")],
        ("samples", "no settings or credentials can be made up, give them in Samples: 1 validation error"),
    ),
    "rubbish": (
        [("except (ValueError, TypeError, LookupError)", "except ValueError")],
        ("signals", "parse_order of b'null' raised TypeError"),
    ),
    "pure but later": (
        [('raise NeedsHuman("payload:invalid", "cannot be read", remedy="ask")', "raise TryLater('again')")],
        ("pure", "parse_order of b'' raised TryLater: a pure hook has only NeedsHuman to raise"),
    ),
    "reads the clock": (
        [("placed_at=datetime(2026, 5, 1, tzinfo=UTC)", "placed_at=ctx.now()")],
        ("pure", "parse_order of order 7 gave two answers for one input"),
    ),
    "throws dice": (
        [('number="1"', "number=str(random.random())")],
        ("pure", "parse_order of order 7 gave two answers for one input"),
    ),
    "asks while parsing": (
        [("external_id=str(read(item.body))", "external_id=call(ctx).text")],
        ("signals", "parse_order of order 7 raised AssertionError: a pure hook sent a request"),
    ),
    "float": (
        [("total=Decimal(1)", "total=1.0")],
        ("answers", "parse_order of order 7 answered wrongly: total: is float, must be Decimal"),
    ),
    "storm": (
        [
            ("if answer.status != 200 or not answer.is_json:", "if answer.status != 200:"),
            ("call(ctx).content", "call(ctx).json()['a']"),
        ],
        ("signals", "fetch_order, when the far side answers with a web page, raised ValueError: not JSON (200)"),
    ),
    "failed but fine": (
        [("body=call(ctx).content", "body=call(ctx).text"), ("not answer.is_json", "False")],
        ("answers", "fetch_order, when the far side answers with a web page, answered wrongly: body: is str, must be"),
    ),
}


@pytest.mark.parametrize(("module", "finding"), SLIPS.values(), ids=SLIPS.keys(), indirect=["module"])
def test_each_slip_is_found(module: ModuleType, finding: tuple[str, str]) -> None:
    rule, message = finding

    found = check_connector(module, Samples(orders=[RawItem(external_id="7", body=b'{"id": 7}')]))

    assert any(one.rule == rule and one.message.startswith(message) for one in found), found


def test_a_plugin_of_wrappers_has_nothing_to_check() -> None:
    module = ModuleType("wrappers")
    exec(
        "from omnisales_sdk import hookimpl\n@hookimpl(wrapper=True)\ndef track(ctx):\n    return (yield)",
        module.__dict__,
    )

    (finding,) = check_connector(module)

    assert str(finding) == "hooks: connector: is missing; a plugin of wrappers alone has nothing to check"
    assert finding == Finding("hooks", "connector: is missing; a plugin of wrappers alone has nothing to check")


class Shop(BaseModel):
    name: str = Field(min_length=10, max_length=12)
    url: HttpUrl
    secret: SecretStr


class Wide(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shop: Shop
    count: int = Field(ge=3)
    rate: float = Field(gt=0)
    on: bool
    words: list[str] = Field(min_length=2)
    left_out: str = "default"

    @field_validator("left_out")
    @classmethod
    def _kept(cls, value: str) -> str:
        assert value == "default"
        return value


def test_examples_are_made_of_the_schema() -> None:
    example = example_of(Wide)

    assert (example.shop.name, example.count, example.rate, example.on) == ("examplexxx", 3, 1, False)
    assert example.words == ["example", "example"]
    assert str(example.shop.url) == "https://example.test/"


def test_examples_of_a_model_with_a_rule_of_its_own_are_refused() -> None:
    class Picky(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def check(cls, value: str) -> str:
            raise ValueError("never")

    with pytest.raises(ValueError, match="never"):
        example_of(Picky)


def test_the_checks_send_nothing(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert check_connector(module) == []
