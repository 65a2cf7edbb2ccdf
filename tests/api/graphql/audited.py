"""For every mutation that changes settings, roles, keys, people or rules: a call that succeeds, and its audit entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLUnionType, get_named_type

from api.graphql.fields import notes_of
from api.graphql.schema import executable
from domain.kernel.actor import Permission

WATCHED = frozenset(
    {
        Permission.SETTINGS_EDIT,
        Permission.ACCESS_EDIT,
        Permission.CHANNELS_EDIT,
        Permission.DISCOUNTS_CREATE,
        Permission.PRICES_EDIT,
        Permission.PRIVACY_EDIT,
    }
)
"""Whoever holds one of these decides for others."""

CHANGES_NOTHING: Mapping[str, str] = {
    "channelTest": "it asks the far side whether the credentials are good",
    "courierAccountTest": "it asks the far side whether the credentials are good",
    "connectionTry": "it tries a connection that is stored nowhere",
    "personSecondFactorReset": "with who has none; tests/domain/access/test_second_factor.py looks at who has one",
}
"""Mutations that leave nothing behind that could be told, and why."""

Answers = Mapping[str, Any]
"""What the mutations before answered, by their names; under `channels`, the ids of the channels by their slugs,
under `customer`, that of a customer."""


UNTOLD = "untold"
"""The subject of what callers know by another name than its id."""


@dataclass(frozen=True, slots=True)
class Call:
    """A mutation that succeeds in a new house with the SKU MUG, after those before it in the table. `subject` tells the
    id that its entry must have, from the answers to it and to those before it."""

    name: str
    arguments: Callable[[Answers], dict[str, Any]]
    action: str
    selection: str = "id"
    subject: Callable[[Answers], str | None] | None = None

    def subject_id(self, made: Answers) -> str | None:
        """Without a word about it, the id that it answered."""
        return str(made[self.name]["id"]) if self.subject is None else self.subject(made)


def _person(made: Answers, version: int) -> dict[str, Any]:
    return {"id": made["personCreate"]["id"], "expectedVersion": version}


def document(call: Call) -> str:
    """The call as a document that takes its arguments as variables, and tells the refusal if there is one."""
    field_ = mutations()[call.name]
    variables = ", ".join(f"${name}: {argument.type}" for name, argument in field_.args.items())
    given = ", ".join(f"{name}: ${name}" for name in field_.args)
    result = get_named_type(field_.type)
    chosen = f"{{ {call.selection} }}"
    if isinstance(result, GraphQLUnionType):
        success, refusal = result.types[0].name, "... on Refusal { code message path }"
        chosen = f"{{ __typename ... on {success} {{ {call.selection} }} {refusal} }}"
    return f"mutation ({variables}) {{ {call.name}({given}) {chosen} }}"


def mutations() -> Mapping[str, GraphQLField]:
    assert executable.mutation_type is not None
    return executable.mutation_type.fields


def watched() -> list[str]:
    """The mutations that must leave an entry."""
    return [
        name for name, one in mutations().items() if notes_of(one).permission in WATCHED and name not in CHANGES_NOTHING
    ]


def given(**arguments: Any) -> Callable[[Answers], dict[str, Any]]:
    return lambda _: arguments


def _input(**fields: Any) -> Callable[[Answers], dict[str, Any]]:
    return given(input=fields)


def _nothing(_: Any) -> str | None:
    return None


RULE = {"name": "Large", "steps": ["finance"], "priority": 0, "exclusive": False, "fourEyes": False, "active": True}
DISCOUNT = {
    "name": "Autumn",
    "startsAt": "2026-11-01T00:00:00Z",
    "formal": "PERCENT",
    "value": "5",
    "stacks": True,
    "priority": 0,
    "active": True,
}
METAFIELD = {"owner": "ORDER", "key": "gift.wrap", "kind": "BOOLEAN", "title": "Gift", "filterable": False}
HOURS = [{"weekday": 1, "opens": "09:00", "closes": "17:00"}]
RATE = {"currency": "EUR", "rate": "5.05", "multiplier": 1}


SHOP = {
    "slug": "shop",
    "title": "Shop",
    "connector": "woocommerce",
    "settings": {"store_url": "https://shop.example"},
    "credentials": {"consumer_key": "ck_canary", "consumer_secret": "cs_canary", "webhook_secret": "hook_canary"},
}

CALLS: tuple[Call, ...] = (
    Call("channelCreate", _input(slug="phone", title="Phone"), "channel.create"),
    Call(
        "channelUpdate",
        lambda made: {"input": {"id": made["channelCreate"]["id"], "expectedVersion": 1, "title": "Telephone"}},
        "channel.update",
    ),
    Call("channelHoldExpirySet", lambda made: {"id": made["channelCreate"]["id"], "hours": 5}, "channel.update"),
    Call(
        "channelStockSet",
        lambda made: {"input": {"id": made["channelCreate"]["id"], "preOrderCheckDays": 3}},
        "channel.update",
    ),
    Call("channelCreate", _input(**SHOP), "channel.create"),
    Call(
        "mappingsSet",
        lambda made: {
            "input": {
                "channel": made["channelCreate"]["id"],
                "expectedVersion": 1,
                "mappings": {"paymentMethods": {"voucher": "prepaid"}},
            }
        },
        "channel.mappings_set",
        "id version",
    ),
    Call(
        "channelConnectionSet",
        lambda made: {
            "input": {
                "id": made["channelCreate"]["id"],
                "expectedVersion": made["mappingsSet"]["version"],
                "credentials": {"consumer_key": "ck_canary_2"},
            }
        },
        "channel.connection_set",
        "id version",
    ),
    Call(
        "webhookSecretRotate",
        lambda made: {
            "input": {"id": made["channelCreate"]["id"], "expectedVersion": made["channelConnectionSet"]["version"]}
        },
        "channel.webhook_key_rotated",
        "version",
        lambda made: str(made["channelCreate"]["id"]),
    ),
    Call("teamUpsert", _input(slug="phones", title="Phones", channels=["phone"]), "team.create"),
    Call(
        "teamRemove",
        lambda made: {"id": made["teamUpsert"]["id"]},
        "team.remove",
        "slug",
        lambda made: str(made["teamUpsert"]["id"]),
    ),
    Call("legalEntityUpsert", _input(name="Second company"), "legal_entity.create"),
    Call(
        "invoiceSeriesUpsert",
        lambda made: {"input": {"prefix": "TEL", "legalEntity": made["legalEntityUpsert"]["id"]}},
        "invoice_series.create",
        "prefix",
        lambda _: UNTOLD,
    ),
    Call(
        "mappingSet",
        _input(channel="manual", kind="PAYMENT_METHOD", source="voucher", target="prepaid"),
        "channel.mapping_set",
        "source",
        lambda made: str(made["channels"]["manual"]),
    ),
    Call(
        "mappingRemove",
        _input(channel="manual", kind="PAYMENT_METHOD", source="voucher"),
        "channel.mapping_remove",
        "source",
        lambda made: str(made["channels"]["manual"]),
    ),
    Call("roleUpsert", _input(slug="buyer", title="Buyer", permissions=["stock.edit"]), "role.create"),
    Call(
        "apiKeyCreate",
        _input(name="desk", roles=["buyer"]),
        "api_key.create",
        "apiKey { id }",
        lambda made: str(made["apiKeyCreate"]["apiKey"]["id"]),
    ),
    Call(
        "apiKeyRotate",
        lambda made: {"input": {"id": made["apiKeyCreate"]["apiKey"]["id"], "graceHours": 1}},
        "api_key.rotate",
        "apiKey { id }",
        lambda made: str(made["apiKeyCreate"]["apiKey"]["id"]),
    ),
    Call("apiKeyRevoke", lambda made: {"id": made["apiKeyCreate"]["apiKey"]["id"]}, "api_key.revoke"),
    Call(
        "personalDataErase",
        lambda made: {"input": {"customer": made["customer"], "reason": "asked for"}},
        "customer.erase",
        "id",
        lambda made: str(made["customer"]),
    ),
    Call("personCreate", _input(email="ana@shop.example", name="Ana"), "person.create"),
    Call("personInvite", lambda made: {"id": made["personCreate"]["id"]}, "person.invite"),
    Call(
        "personUpdate",
        lambda made: {
            "input": {**_person(made, 1), "email": "ana@shop.example", "name": "Ana Pop", "roles": ["buyer"]}
        },
        "person.update",
    ),
    Call(
        "personPasswordSet",
        lambda made: {"input": {**_person(made, 2), "password": "correct pony battery staple"}},
        "person.password",
    ),
    Call("personDisable", lambda made: _person(made, 3), "person.disable"),
    Call("personEnable", lambda made: _person(made, 4), "person.enable"),
    Call("approvalRuleUpsert", _input(rule=RULE), "approval_rule.create"),
    Call(
        "approvalRuleRemove",
        lambda made: {"id": made["approvalRuleUpsert"]["id"]},
        "approval_rule.remove",
        "name",
        lambda made: str(made["approvalRuleUpsert"]["id"]),
    ),
    Call(
        "businessCalendarSet",
        _input(timezone="Europe/Bucharest", hours=HOURS),
        "business_calendar.set",
        "version",
        _nothing,
    ),
    Call(
        "exchangeRatesSet", _input(day="2026-01-05", rates=[RATE]), "exchange_rates.set", "day", lambda _: "2026-01-05"
    ),
    Call("metafieldDefine", _input(**METAFIELD), "metafield.create"),
    Call("metafieldRetire", _input(owner="ORDER", key="gift.wrap"), "metafield.retire"),
    Call("tradeDiscountUpsert", _input(**DISCOUNT), "trade_discount.create"),
    Call(
        "tradeDiscountArchive",
        lambda made: {"input": {"id": made["tradeDiscountUpsert"]["id"]}},
        "trade_discount.archive",
    ),
    Call(
        "priceListUpsert", _input(slug="staff", name="Staff", currency="RON", channels=["manual"]), "price_list.create"
    ),
    Call(
        "priceListItemsSet",
        _input(priceList="staff", items=[{"sku": "MUG", "unitPrice": "8"}]),
        "price_list.prices_set",
        "written",
        lambda made: str(made["priceListUpsert"]["id"]),
    ),
    Call(
        "priceListItemsImport",
        _input(priceList="staff", csv="sku,unit_price\nMUG,7\n"),
        "price_list.prices_set",
        "written",
        lambda made: str(made["priceListUpsert"]["id"]),
    ),
    Call("priceListArchive", given(slug="staff"), "price_list.archive"),
    Call("courierAccountCreate", _input(slug="hand", title="By hand", connector="manual"), "courier_account.create"),
    Call(
        "courierAccountUpdate",
        lambda made: {"input": {"id": made["courierAccountCreate"]["id"], "expectedVersion": 1, "title": "Ours"}},
        "courier.update",
    ),
)
