"""channelUpdate, legal entities and series, as an administrator of channels uses them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.audit.models import AuditEntry
from domain.channels.models import Channel
from domain.kernel.schedule import Schedule
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_order
from tests.support.shipping import make_confirmed_order

SHOWN = """id version title kind typeCode enabled currency autoConfirm autoDeliveryNote invoiceAt orderType
    allowedPaymentMethods deliveryFee { amount { amount currency } taxRate freeFrom { amount } } clientGroups priceList
    warehouse legalEntity { name } invoiceSeries creditSeries stockCheckOnEntry preOrderCheckDays holdExpiryHours
    returnPolicy { days paidBy restockingFeePercent note } intervals { kind everySeconds paused }"""
UPDATE = f"""mutation ($input: ChannelUpdateInput!) {{ channelUpdate(input: $input) {{ __typename
    ... on Channel {{ {SHOWN} }} ... on Invalid {{ problems {{ path code message }} }}
    ... on StaleVersion {{ currentVersion }} }} }}"""
CREATE = f"""mutation ($input: ChannelCreateInput!) {{ channelCreate(input: $input) {{ __typename
    ... on Channel {{ {SHOWN} }} ... on Invalid {{ problems {{ path code message }} }} }} }}"""
ENTITY = """mutation ($input: LegalEntityInput!) { legalEntityUpsert(input: $input) { __typename
    ... on LegalEntity { id name taxId registrationNumber address { city country } iban bank version }
    ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion } } }"""
SERIES = """mutation ($input: InvoiceSeriesInput!) { invoiceSeriesUpsert(input: $input) { __typename
    ... on InvoiceSeries { prefix kind nextNumber version legalEntity { name } }
    ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion } } }"""
EVERYTHING = {
    "currency": "RON",
    "autoConfirm": True,
    "autoDeliveryNote": True,
    "invoiceAt": "DISPATCH",
    "orderType": "wholesale",
    "allowedPaymentMethods": ["cod", " Bank transfer "],
    "deliveryFee": {"amount": "19.99", "taxRate": "21", "freeFrom": "200"},
    "clientGroups": ["resellers"],
    "priceList": "portal-2026",
    "warehouse": "main",
    "stockCheckOnEntry": False,
    "preOrderCheckDays": 3,
    "holdExpiryHours": 48,
    "returnPolicy": {"days": 14, "paidBy": "CUSTOMER", "restockingFeePercent": "10", "note": "Unworn."},
}


async def scenery(api: Api) -> dict[str, Any]:
    """A portal, with what settings may name."""
    await api.data('mutation { customerGroupUpsert(input: {slug: "resellers", name: "Resellers"}) { __typename } }')
    portal = (await api.data(CREATE, {"input": {"slug": "portal", "title": "Portal", "connector": "portal"}}))[
        "channelCreate"
    ]
    prices = """mutation { priceListUpsert(input: {slug: "portal-2026", name: "Portal", currency: "RON",
        channels: ["portal"]}) { __typename } }"""
    assert (await api.data(prices))["priceListUpsert"]["__typename"] == "PriceList"
    found: dict[str, Any] = portal
    return found


async def update(api: Api, channel: dict[str, Any], **fields: Any) -> dict[str, Any]:
    given = {"id": channel["id"], "expectedVersion": channel["version"], **fields}
    found: dict[str, Any] = (await api.data(UPDATE, {"input": given}))["channelUpdate"]
    return found


@pytest.mark.spec("CHN-2")
async def test_every_setting_is_kept_shown_and_told_in_the_audit_log(api: Api) -> None:
    portal = await scenery(api)
    entity = (await api.data(ENTITY, {"input": {"name": "Portal SRL", "taxId": "RO 14399840"}}))["legalEntityUpsert"]
    for prefix, kind in (("PRT", "INVOICE"), ("PRTC", "CREDIT_NOTE")):
        made = await api.data(SERIES, {"input": {"prefix": prefix, "legalEntity": entity["id"], "kind": kind}})
        assert made["invoiceSeriesUpsert"]["__typename"] == "InvoiceSeries"
    series = {"legalEntity": entity["id"], "invoiceSeries": "PRT", "creditSeries": "PRTC"}
    done = await update(api, portal, title=" B2B ", enabled=True, **EVERYTHING, **series)
    wanted = {
        **EVERYTHING,
        "__typename": "Channel",
        "version": 2,
        "title": "B2B",
        "kind": "portal",
        "typeCode": 2,
        "enabled": True,
        "allowedPaymentMethods": ["cod", "Bank transfer"],
        "deliveryFee": {
            "amount": {"amount": "19.99", "currency": "RON"},
            "taxRate": "21",
            "freeFrom": {"amount": "200.00"},
        },
        "legalEntity": {"name": "Portal SRL"},
        "invoiceSeries": "PRT",
        "creditSeries": "PRTC",
        "intervals": [],
    }
    assert {name: value for name, value in done.items() if name != "id"} == wanted
    listed = (await api.data(f"{{ channels {{ {SHOWN} }} }}"))["channels"][1]
    assert {**listed, "__typename": "Channel"} == done
    async with api.database.begin() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "channel.update"))).one()
    assert entry.before is not None and entry.after is not None
    assert (entry.before["autoConfirm"], entry.after["autoConfirm"]) == (False, True)
    assert "warehouse" not in entry.after, "only what differs"


@pytest.mark.spec("CHN-2")
async def test_a_setting_is_emptied_and_a_repeat_changes_nothing(api: Api) -> None:
    portal = await scenery(api)
    full = await update(api, portal, **EVERYTHING)
    assert (await update(api, full, **EVERYTHING))["version"] == full["version"]
    names = (
        *("ORDER_TYPE", "ALLOWED_PAYMENT_METHODS", "DELIVERY_FEE", "CLIENT_GROUPS", "PRICE_LIST"),
        *("HOLD_EXPIRY_HOURS", "RETURN_POLICY"),
    )
    empty = await update(api, full, clear=names)
    assert empty["version"] == full["version"] + 1
    untouched = {"autoConfirm", "autoDeliveryNote", "invoiceAt", "stockCheckOnEntry", "preOrderCheckDays", "version"}
    assert {name: value for name, value in empty.items() if name not in untouched | {"__typename"}} == {
        name: value for name, value in portal.items() if name not in untouched | {"__typename"}
    }
    both = await update(api, empty, orderType="retail", clear=["ORDER_TYPE"])
    assert [(one["path"], one["code"]) for one in both["problems"]] == [(["clear", "0"], "NOT_TOGETHER")]


@pytest.mark.spec("CHN-2")
async def test_of_two_who_change_a_channel_the_second_reads_again(api: Api) -> None:
    portal = await scenery(api)
    assert (await update(api, portal, autoConfirm=True))["version"] == 2
    late = await update(api, portal, invoiceAt="DISPATCH")
    assert late == {"__typename": "StaleVersion", "currentVersion": 2}
    async with api.database.begin() as session:
        channel = (await session.scalars(select(Channel).where(Channel.slug == "portal"))).one()
    assert (channel.invoice_at.value, channel.auto_confirm) == ("MANUAL", True)


@pytest.mark.spec("CHN-2")
async def test_the_same_settings_are_taken_when_a_channel_is_made(api: Api) -> None:
    await scenery(api)
    given = {"slug": "b2b", "title": "B2B", "connector": "portal", **EVERYTHING}
    made = (await api.data(CREATE, {"input": given}))["channelCreate"]
    assert made["__typename"] == "Channel", made
    assert (made["orderType"], made["clientGroups"], made["priceList"]) == ("wholesale", ["resellers"], "portal-2026")
    assert made["deliveryFee"]["amount"]["amount"] == "19.99"
    wrong = {
        **given,
        "slug": "b2c",
        "priceList": "no-list",
        "clientGroups": [],
        "returnPolicy": {"days": -1, "paidBy": "MERCHANT"},
    }
    refused = (await api.data(CREATE, {"input": wrong}))["channelCreate"]
    assert [one["path"] for one in refused["problems"]] == [["clientGroups"], ["returnPolicy", "days"], ["priceList"]]
    assert [one["slug"] for one in (await api.data("{ channels { slug } }"))["channels"]] == ["manual", "portal", "b2b"]


@pytest.mark.spec("CHN-2")
async def test_the_number_of_statements_does_not_grow_with_the_channels(api: Api) -> None:
    await scenery(api)
    query = f"{{ channels {{ {SHOWN} }} legalEntities {{ name }} invoiceSeries {{ prefix legalEntity {{ name }} }} }}"
    await api.data(query)
    with counted(api.services.database) as few:
        await api.data(query)
    for place in range(5):
        await api.data(CREATE, {"input": {"slug": f"c{place}", "title": "C"}})
    with counted(api.services.database) as many:
        assert len((await api.data(query))["channels"]) == 7
    assert len(many) == len(few)


@pytest.mark.spec("CHN-1")
async def test_the_types_of_channels_and_several_of_one(api: Api) -> None:
    types = (await api.data("{ channelTypes { kind title typeCode own description } }"))["channelTypes"]
    assert {one["kind"]: (one["typeCode"], one["own"]) for one in types} == {
        "manual": (4, True),
        "portal": (2, True),
        "api": (None, True),
        "pre_order": (None, True),
        "woocommerce": (3, False),
    }
    assert all(one["title"] and one["description"] for one in types)
    for place, kind in enumerate(("portal", "portal", "pre_order", "pre_order")):
        given = {"slug": f"c{place}", "title": "C", "connector": kind}
        made = (await api.data(CREATE, {"input": given}))["channelCreate"]
        assert (made["kind"], made["orderType"]) == (kind, kind)


@pytest.mark.spec("CHN-2")
async def test_an_interval_of_a_store_and_none_of_the_houses_own(api: Api) -> None:
    shop = {
        "slug": "shop",
        "title": "Shop",
        "connector": "woocommerce",
        "settings": {"store_url": "https://shop.example"},
        "credentials": {"consumer_key": "ck", "consumer_secret": "cs"},
        "intervals": [{"kind": "ORDERS", "everySeconds": 900}],
    }
    made = (await api.data(CREATE, {"input": shop}))["channelCreate"]
    assert made["intervals"] == [{"kind": "ORDERS", "everySeconds": 900, "paused": False}]
    async with api.database.begin() as session:
        every = select(Schedule.every).where(Schedule.kind == "fetch_orders", Schedule.subject_id == UUID(made["id"]))
        assert await session.scalar(every) == timedelta(minutes=15)
    reset = await update(api, made, intervals=[{"kind": "ORDERS"}])
    assert reset["intervals"] == []
    async with api.database.begin() as session:
        assert await session.scalar(every) == timedelta(minutes=5), "as the connector says"
    wrong = await update(api, reset, intervals=[{"kind": "STOCK", "everySeconds": 900}])
    assert [(one["path"], one["code"]) for one in wrong["problems"]] == [(["intervals", "0", "kind"], "UNSUPPORTED")]
    refused = await api.data(CREATE, {"input": {**shop, "slug": "s", "clientGroups": ["x"], "credentials": {}}})
    paths = {tuple(one["path"]) for one in refused["channelCreate"]["problems"]}
    assert ("credentials", "consumer_key") in paths


@pytest.mark.spec("CHN-2")
async def test_settings_that_only_a_channel_of_the_houses_own_has_are_refused_for_a_store(api: Api) -> None:
    await scenery(api)
    shop = {
        "slug": "shop",
        "title": "Shop",
        "connector": "woocommerce",
        "settings": {"store_url": "https://shop.example"},
        "credentials": {"consumer_key": "ck", "consumer_secret": "cs"},
        "clientGroups": ["resellers"],
        "deliveryFee": {"amount": "5"},
    }
    refused = (await api.data(CREATE, {"input": shop}))["channelCreate"]
    assert [(one["path"], one["code"]) for one in refused["problems"]] == [
        (["deliveryFee"], "CONTRADICTION"),
        (["connector"], "CONTRADICTION"),
        (["clientGroups"], "CONTRADICTION"),
        (["connector"], "CONTRADICTION"),
    ]


@pytest.mark.spec("CHN-2")
async def test_bad_input_of_settings_is_told_by_field(api: Api) -> None:
    portal = await scenery(api)
    for fields, path in (
        ({"legalEntity": "no id"}, ["legalEntity"]),
        ({"deliveryFee": {"amount": "-1"}}, ["deliveryFee", "amount"]),
        ({"allowedPaymentMethods": []}, ["allowedPaymentMethods"]),
        ({"title": ""}, ["title"]),
        ({"warehouse": "\x01"}, ["warehouse"]),
        ({"priceList": "x" * 5_000}, ["priceList"]),
        ({"invoiceSeries": ""}, ["invoiceSeries"]),
    ):
        refused = await update(api, portal, **fields)
        assert [one["path"] for one in refused["problems"]] == [path], fields
    gone = {"id": "01890000-0000-7000-8000-000000000000", "version": 1}
    assert (await update(api, gone, autoConfirm=True))["__typename"] == "NotFound"
    assert (await update(api, {"id": "no id", "version": 1}))["__typename"] == "NotFound"


ISSUE = """mutation ($id: ID!, $version: Int) { invoiceIssue(id: $id, expectedVersion: $version) { __typename
    ... on Order { invoices { number seller { name taxId address { city } } } }
    ... on Invalid { problems { code } } } }"""


@pytest.mark.spec("INV-1")
async def test_an_invoice_is_issued_by_hand_and_names_its_seller(api: Api) -> None:
    async with api.database.begin() as session:
        confirmed = await make_confirmed_order(session)
        draft = await make_order(session)
    issued = (await api.data(ISSUE, {"id": str(confirmed.id)}))["invoiceIssue"]
    assert issued["invoices"] == [
        {"number": "INV-1", "seller": {"name": "Own company", "taxId": None, "address": None}}
    ]
    assert (await api.data(ISSUE, {"id": str(confirmed.id)}))["invoiceIssue"] == issued
    refused = (await api.data(ISSUE, {"id": str(draft.id)}))["invoiceIssue"]
    assert refused == {"__typename": "Invalid", "problems": [{"code": "NOT_CONFIRMED"}]}
