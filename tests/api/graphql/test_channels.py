"""Channels, courier accounts, connectors: made, described, tried; secrets never come back."""

from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from domain.channels.models import Channel, SyncRun
from domain.kernel.outbox import OutboxRow
from domain.kernel.schedule import Schedule
from omnisales_sdk.testing.sandbox import serve
from tests.api.conftest import Api

CREATE = """mutation ($input: ChannelCreateInput!) { channelCreate(input: $input) {
    ... on Channel { id slug connector settings webhookUrl autoConfirm autoDeliveryNote invoiceAt enabled }
    ... on Invalid { problems { path code message } } } }"""
SECRETS = {"consumer_key": "ck_of_the_shop", "consumer_secret": "cs_of_the_shop", "webhook_secret": "hook_of_the_shop"}


def shop(**fields: Any) -> dict[str, Any]:
    return {
        "slug": "shop-1",
        "title": "Shop",
        "connector": "woocommerce",
        "settings": {"store_url": "https://shop.example"},
        "credentials": SECRETS,
        **fields,
    }


@pytest.mark.spec("CHN-3")
async def test_a_channel_is_made(api: Api) -> None:
    answer = await api.ask(CREATE, {"input": shop(autoConfirm=True, invoiceAt="CONFIRMATION")})
    made = answer.json()["data"]["channelCreate"]
    assert {name: made[name] for name in made if name != "id"} == {
        "slug": "shop-1",
        "connector": "woocommerce",
        "settings": {"store_url": "https://shop.example"},
        "webhookUrl": "http://test/webhooks/shop-1",
        "autoConfirm": True,
        "autoDeliveryNote": False,
        "invoiceAt": "CONFIRMATION",
        "enabled": True,
    }
    shown = await api.ask("{ channels { slug title settings webhookUrl } }")
    assert [one["slug"] for one in shown.json()["data"]["channels"]] == ["manual", "shop-1"]
    assert shown.json()["data"]["channels"][0]["webhookUrl"] is None
    for secret in SECRETS.values():
        assert secret not in answer.text + shown.text
    async with api.database.begin() as session:
        channel = (await session.scalars(select(Channel).where(Channel.slug == "shop-1"))).one()
        assert channel.credentials is not None
        assert not any(secret.encode() in channel.credentials for secret in SECRETS.values())
        assert api.services.vault.open(channel.credentials, f"channel:{channel.id}") == SECRETS
        kinds = set(await session.scalars(select(Schedule.kind).where(Schedule.subject_id == channel.id)))
    assert kinds == {"fetch_orders", "ensure_webhooks"}


async def test_a_webhook_secret_that_is_left_out_is_made(api: Api) -> None:
    given = {name: secret for name, secret in SECRETS.items() if name != "webhook_secret"}
    made = (await api.data(CREATE, {"input": shop(credentials=given)}))["channelCreate"]
    async with api.database.begin() as session:
        channel = (await session.scalars(select(Channel).where(Channel.slug == made["slug"]))).one()
        assert channel.credentials is not None
        secret = api.services.vault.open(channel.credentials, f"channel:{channel.id}")["webhook_secret"]
    assert len(secret) >= 32


@pytest.mark.parametrize("connector", [None, "manual", "api"])
async def test_the_houses_own_channels_need_nothing(api: Api, connector: str | None) -> None:
    given = {"slug": "phone", "title": "Phone", "connector": connector}
    made = (await api.data(CREATE, {"input": given}))["channelCreate"]
    assert made["webhookUrl"] is None
    assert made["connector"] == (connector or "manual")


async def test_public_address(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the house knows its own address, that is told, whatever the caller used."""
    object.__setattr__(api.services.settings, "public_url", "https://oms.example")
    made = (await api.data(CREATE, {"input": shop()}))["channelCreate"]
    assert made["webhookUrl"] == "https://oms.example/webhooks/shop-1"


async def test_a_courier_account_is_made(api: Api) -> None:
    answer = await api.ask(
        """mutation ($input: CourierAccountInput!) { courierAccountCreate(input: $input) {
            ... on CourierAccount { slug connector enabled shippingStarts settings webhookUrl }
            ... on Invalid { problems { path code message } } } }""",
        {"input": {"slug": "hand", "title": "By hand", "connector": "manual"}},
    )
    assert answer.json()["data"]["courierAccountCreate"] == {
        "slug": "hand",
        "connector": "manual",
        "enabled": True,
        "shippingStarts": "AWB",
        "settings": {},
        "webhookUrl": None,
    }
    shown = await api.data("{ courierAccounts { slug } }")
    assert shown == {"courierAccounts": [{"slug": "hand"}]}


@pytest.mark.spec("CHN-3")
async def test_connectors_are_described(api: Api) -> None:
    found = await api.data(
        "{ connectors { key title version kinds capabilities settingsSchema credentialsSchema loadError } }"
    )
    by_key = {one["key"]: one for one in found["connectors"]}
    assert {"woocommerce", "innoship", "manual"} <= by_key.keys()
    shop_connector = by_key["woocommerce"]
    assert shop_connector["kinds"] == ["sales_channel"]
    assert "fetch_orders" in shop_connector["capabilities"]
    assert shop_connector["settingsSchema"]["type"] == "object"
    assert shop_connector["credentialsSchema"]["properties"]["consumer_secret"]["writeOnly"] is True
    assert shop_connector["loadError"] is None
    assert shop_connector["version"]


async def test_trying_a_channel_whose_far_side_is_away(api: Api) -> None:
    made = (await api.data(CREATE, {"input": shop(settings={"store_url": "http://127.0.0.1:9"})}))["channelCreate"]
    assert "problems" not in made, made
    tried = await api.data("mutation ($id: ID!) { channelTest(id: $id) { ok message } }", {"id": made["id"]})
    assert tried["channelTest"]["ok"] is False
    assert tried["channelTest"]["message"]


async def test_trying_a_channel_with_refused_credentials(api: Api) -> None:
    async def refuse(_: Request) -> JSONResponse:
        error = {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}
        return JSONResponse(error, status_code=401)

    with serve(Starlette(routes=[Route("/{path:path}", refuse, methods=["GET", "POST"])])) as store:
        made = (await api.data(CREATE, {"input": shop(settings={"store_url": store.url})}))["channelCreate"]
        assert "problems" not in made, made
        tried = await api.data("mutation ($id: ID!) { channelTest(id: $id) { ok message } }", {"id": made["id"]})
    assert tried["channelTest"]["ok"] is False
    assert not any(secret in str(tried) for secret in SECRETS.values())


async def test_trying_the_houses_own_channel(api: Api) -> None:
    [own] = (await api.data("{ channels { id } }"))["channels"]
    tried = await api.data("mutation ($id: ID!) { channelTest(id: $id) { ok } }", {"id": own["id"]})
    assert tried == {"channelTest": {"ok": True}}


@pytest.mark.spec("SYN-1")
async def test_a_run_is_asked_for(api: Api) -> None:
    made = (await api.data(CREATE, {"input": shop()}))["channelCreate"]
    started = await api.data("mutation ($id: ID!) { channelSync(id: $id) { runId } }", {"id": made["id"]})
    run_id = started["channelSync"]["runId"]
    async with api.database.begin() as session:
        run = (await session.scalars(select(SyncRun))).one()
        work = (await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_orders"))).one()
    assert (str(run.id), run.kind, str(run.channel_id)) == (run_id, "ORDERS", made["id"])
    assert work.payload == {"channel_id": made["id"], "run_id": run_id}
    assert work.aggregate == f"channel:{made['id']}"


@pytest.mark.parametrize(("channel", "kind"), [("shop-1", "STOCK"), ("manual", "ORDERS")])
async def test_a_run_that_nobody_can_do(api: Api, channel: str, kind: str) -> None:
    await api.data(CREATE, {"input": shop()})
    ids = {one["slug"]: one["id"] for one in (await api.data("{ channels { id slug } }"))["channels"]}
    query = "mutation ($id: ID!, $kind: SyncKind!) { channelSync(id: $id, kind: $kind) { runId } }"
    [error] = (await api.ask(query, {"id": ids[channel], "kind": kind})).json()["errors"]
    assert error["extensions"]["problems"][0]["code"] == "UNSUPPORTED"
    async with api.database.begin() as session:
        assert (await session.scalars(select(SyncRun))).all() == []


@pytest.mark.spec("SYN-7")
async def test_health_of_a_channel(api: Api) -> None:
    made = (await api.data(CREATE, {"input": shop()}))["channelCreate"]
    query = """query ($id: ID!) { channelHealth(id: $id) {
        lastSuccessAt lagSeconds openErrors waiting nextRunAt } }"""
    health = (await api.data(query, {"id": made["id"]}))["channelHealth"]
    assert health.pop("nextRunAt").endswith("+00:00")
    assert health == {"lastSuccessAt": None, "lagSeconds": None, "openErrors": 0, "waiting": 0}


EXPIRY = """mutation ($id: ID!, $hours: Int) { channelHoldExpirySet(id: $id, hours: $hours) {
    __typename ... on Channel { holdExpiryHours } ... on Invalid { problems { path code } } } }"""


@pytest.mark.spec("ORD-4")
async def test_how_long_a_hold_keeps_its_goods_is_the_channels_setting(api: Api) -> None:
    query = CREATE.replace("enabled }", "holdExpiryHours }")
    refused = (await api.data(query, {"input": shop(holdExpiryHours=0)}))["channelCreate"]
    assert [one["path"] for one in refused["problems"]] == [["holdExpiryHours"]]
    made = (await api.data(query, {"input": shop(holdExpiryHours=72)}))["channelCreate"]
    assert made["holdExpiryHours"] == 72
    for hours in (8_760, 1, 1, None):
        done = (await api.data(EXPIRY, {"id": made["id"], "hours": hours}))["channelHoldExpirySet"]
        assert done == {"__typename": "Channel", "holdExpiryHours": hours}
    for hours in (0, -1, 8_761):
        done = (await api.data(EXPIRY, {"id": made["id"], "hours": hours}))["channelHoldExpirySet"]
        assert done == {"__typename": "Invalid", "problems": [{"path": ["hours"], "code": "OUT_OF_RANGE"}]}
    unknown = await api.data(EXPIRY, {"id": "01890000-0000-7000-8000-000000000000", "hours": 1})
    assert unknown["channelHoldExpirySet"]["__typename"] == "NotFound"
