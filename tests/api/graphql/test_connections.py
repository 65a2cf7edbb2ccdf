"""Changing how channels and courier accounts reach their far sides (spec CHN-3)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.audit.models import AuditEntry
from domain.channels.models import Channel, SyncCursor
from domain.kernel.clock import utc_now
from domain.kernel.old_secrets import open_old
from domain.kernel.outbox import DeadLetter, OutboxRow, enqueue
from domain.kernel.schedule import Schedule
from domain.shipping.models import CourierAccount
from tests.api.conftest import Api
from tests.api.graphql.test_channels import CREATE, SECRETS, shop
from tests.support.builders import make_order

pytestmark = pytest.mark.spec("CHN-3")

FIELDS = "id version settings connection { credentialsSet passedOver problems { path code } oldWebhookSecretUntil }"
REFUSED = """... on Invalid { problems { path code message } } ... on NotFound { code }
    ... on StaleVersion { currentVersion }"""
SET = f"""mutation ($input: ChannelConnectionInput!) {{ channelConnectionSet(input: $input) {{
    __typename ... on Channel {{ {FIELDS} }} {REFUSED} }} }}"""
UPDATE = f"""mutation ($input: CourierAccountUpdateInput!) {{ courierAccountUpdate(input: $input) {{
    __typename ... on CourierAccount {{ title enabled shippingStarts {FIELDS} }} {REFUSED} }} }}"""
ROTATE = f"""mutation ($input: WebhookSecretRotateInput!) {{ webhookSecretRotate(input: $input) {{
    __typename ... on WebhookSecretRotated {{ version told secret oldUntil }} {REFUSED} }} }}"""


async def open_shop(api: Api, **fields: Any) -> str:
    made = (await api.data(CREATE, {"input": shop(**fields)}))["channelCreate"]
    return str(made["id"])


async def connect(api: Api, channel: str, version: int = 1, **given: Any) -> Any:
    answer = await api.ask(SET, {"input": {"id": channel, "expectedVersion": version, **given}})
    for secret in SECRETS.values():
        assert secret not in answer.text
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]["channelConnectionSet"]


async def credentials(api: Api, channel: str) -> Any:
    async with api.database.begin() as session:
        row = await session.get_one(Channel, UUID(channel))
        assert row.credentials is not None
        return api.services.vault.open(row.credentials, f"channel:{channel}")


def problems(answer: Any) -> set[tuple[str, str]]:
    assert answer["__typename"] == "Invalid", answer
    return {(".".join(one["path"]), one["code"]) for one in answer["problems"]}


async def test_given_fields_replace_null_removes_others_stay(api: Api) -> None:
    channel = await open_shop(api, settings={"store_url": "https://shop.example", "page_size": 20, "import_days": 3})

    changed = await connect(
        api, channel, settings={"page_size": 30, "import_days": None}, credentials={"consumer_key": "ck_new"}
    )

    assert changed["settings"] == {"store_url": "https://shop.example", "page_size": 30}
    assert changed["version"] == 2
    assert changed["connection"] == {
        "credentialsSet": ["consumer_key", "consumer_secret", "webhook_secret"],
        "passedOver": [],
        "problems": [],
        "oldWebhookSecretUntil": None,
    }
    assert await credentials(api, channel) == {**SECRETS, "consumer_key": "ck_new"}


async def test_every_wrong_field_is_named_and_nothing_is_changed(api: Api) -> None:
    channel = await open_shop(api)

    refused = await connect(
        api, channel, settings={"page_size": 1000, "colour": "blue"}, credentials={"consumer_secret": None}
    )

    assert problems(refused) == {
        ("settings.page_size", "OUT_OF_RANGE"),
        ("settings.colour", "UNKNOWN_FIELD"),
        ("credentials.consumer_secret", "MISSING"),
    }
    assert await credentials(api, channel) == SECRETS
    shown = await api.data(f"{{ channels {{ {FIELDS} }} }}")
    assert [one["version"] for one in shown["channels"] if one["id"] == channel] == [1]


@pytest.mark.parametrize("given", [{"settings": [1]}, {"credentials": "ck"}, {"settings": 7, "credentials": True}])
async def test_what_is_no_object_is_said(api: Api, given: Any) -> None:
    channel = await open_shop(api)

    assert problems(await connect(api, channel, **given)) == {(name, "NOT_AN_OBJECT") for name in given}


async def test_another_version_an_unknown_channel_and_one_of_the_house(api: Api) -> None:
    channel = await open_shop(api)
    own = next(one["id"] for one in (await api.data("{ channels { id slug } }"))["channels"] if one["slug"] == "manual")

    stale = await connect(api, channel, version=7, settings={"page_size": 20})
    unknown = await connect(api, "01890000-0000-7000-8000-000000000000", settings={"page_size": 20})

    assert stale == {"__typename": "StaleVersion", "currentVersion": 1}
    assert unknown == {"__typename": "NotFound", "code": "NOT_FOUND"}
    assert problems(await connect(api, own, settings={})) == {("id", "NOT_WANTED")}


async def test_of_two_at_once_one_is_stale(api: Api) -> None:
    channel = await open_shop(api)

    both = await asyncio.gather(*(connect(api, channel, settings={"page_size": size}) for size in (20, 30)))

    assert sorted(one["__typename"] for one in both) == ["Channel", "StaleVersion"]


async def test_what_changes_nothing_keeps_the_version(api: Api) -> None:
    channel = await open_shop(api)

    same = await connect(api, channel, settings={"store_url": "https://shop.example"}, credentials={})

    assert same["version"] == 1
    async with api.database.begin() as session:
        assert list(await session.scalars(select(AuditEntry).where(AuditEntry.action.contains("connection")))) == []


async def test_who_changed_what_is_in_the_audit_log_without_secrets(api: Api) -> None:
    channel = await open_shop(api)

    await connect(api, channel, settings={"page_size": 20}, credentials={"consumer_key": "ck_new_canary"})

    async with api.database.begin() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "channel.connection_set"))).one()
    assert entry.subject_id == channel
    assert entry.after == {"entered": ["consumer_key"], "settings": {"page_size": 20}}
    assert "canary" not in str((entry.before, entry.after))


async def test_another_address_needs_the_credentials_again(api: Api) -> None:
    channel = await open_shop(api)
    moved = {"store_url": "https://new.example"}

    refused = await connect(api, channel, settings=moved)
    assert problems(refused) == {
        ("credentials.consumer_key", "ENTER_AGAIN"),
        ("credentials.consumer_secret", "ENTER_AGAIN"),
    }
    again = {name: SECRETS[name] for name in ("consumer_key", "consumer_secret")}
    changed = await connect(api, channel, settings=moved, credentials=again)
    assert changed["settings"] == moved


async def test_another_store_is_another_channel(api: Api) -> None:
    channel = await open_shop(api)
    async with api.database.begin() as session:
        await make_order(session, channel=await session.get_one(Channel, UUID(channel)))
        session.add(SyncCursor(channel_id=UUID(channel), kind="ORDERS", cursor="page 7"))
    moved: Any = {"settings": {"store_url": "https://new.example"}, "credentials": SECRETS}

    refused = await connect(api, channel, **moved)
    assert problems(refused) == {("settings.store_url", "OTHER_STORE")}
    assert "https://shop.example" in refused["problems"][0]["message"]
    assert (await connect(api, channel, **moved, sameStore=True))["settings"] == moved["settings"]
    async with api.database.begin() as session:
        assert (await session.scalars(select(SyncCursor.cursor))).all() == ["page 7"]


async def test_an_empty_channel_may_turn_to_another_store_and_begins_anew(api: Api) -> None:
    channel = await open_shop(api)
    async with api.database.begin() as session:
        session.add(SyncCursor(channel_id=UUID(channel), kind="ORDERS", cursor="page 7"))

    await connect(api, channel, settings={"store_url": "https://new.example"}, credentials=SECRETS)

    async with api.database.begin() as session:
        assert (await session.scalars(select(SyncCursor.cursor))).all() == []


async def test_what_waited_for_the_connection_goes_on(api: Api) -> None:
    channel = await open_shop(api)
    other = await open_shop(api, slug="shop-2")
    later = timedelta(hours=1)
    async with api.database.begin() as session:
        for one in (channel, other):
            await enqueue(session, "fetch_orders", f"channel:{one}", {"channel_id": one}, after=later)
            session.add(
                DeadLetter(
                    id=-1 if one == channel else -2,
                    consumer="ensure_webhooks",
                    aggregate=f"channel:{one}",
                    payload={"channel_id": one},
                    created_at=utc_now(),
                    died_at=utc_now(),
                    attempts=5,
                    error="refused",
                )
            )
        for schedule in await session.scalars(select(Schedule).where(Schedule.kind == "fetch_orders")):
            schedule.next_run_at = utc_now() + later

    await connect(api, channel, credentials={"consumer_key": "ck_new"})

    async with api.database.begin() as session:
        due = await session.execute(
            select(OutboxRow.consumer, OutboxRow.aggregate).where(OutboxRow.not_before <= utc_now())
        )
        assert {tuple(row) for row in due} == {
            ("fetch_orders", f"channel:{channel}"),
            ("ensure_webhooks", f"channel:{channel}"),
        }
        assert list(await session.scalars(select(DeadLetter.id))) == [-2]
        runs = select(Schedule.subject_id).where(Schedule.kind == "fetch_orders", Schedule.next_run_at <= utc_now())
        assert list(await session.scalars(runs)) == [UUID(channel)]


async def make_courier(api: Api) -> str:
    made = await api.data(
        """mutation ($input: CourierAccountInput!) { courierAccountCreate(input: $input) {
            ... on CourierAccount { id } ... on Invalid { problems { path } } } }""",
        {
            "input": {
                "slug": "inno",
                "title": "Innoship",
                "connector": "innoship",
                "settings": {"external_client_location": "WH"},
                "credentials": {"api_key": "the-first-key", "webhook_secret": "a-secret-at-the-end"},
            }
        },
    )
    return str(made["courierAccountCreate"]["id"])


async def test_a_courier_account_is_changed(api: Api) -> None:
    account = await make_courier(api)

    given = {"title": "Innoship 2", "enabled": False, "shippingStarts": "FIRST_SCAN"}
    changed = (await api.data(UPDATE, {"input": {"id": account, "expectedVersion": 1, **given}}))[
        "courierAccountUpdate"
    ]
    assert {name: changed[name] for name in given} == given
    patch = {"id": account, "expectedVersion": changed["version"], "credentials": {"webhook_secret": None}}
    changed = (await api.data(UPDATE, {"input": patch}))["courierAccountUpdate"]
    assert changed["connection"]["credentialsSet"] == ["api_key"]
    stale = (await api.data(UPDATE, {"input": {**patch, "expectedVersion": 1}}))["courierAccountUpdate"]
    assert stale["__typename"] == "StaleVersion"
    wrong = {"title": " ", "settings": {"payer": "Nobody"}, "credentials": {"api_key": None}}
    refused = await api.data(UPDATE, {"input": {"id": account, "expectedVersion": changed["version"], **wrong}})
    assert problems(refused["courierAccountUpdate"]) == {
        ("title", "MISSING"),
        ("settings.payer", "BAD_VALUE"),
        ("credentials.api_key", "MISSING"),
    }
    shown = await api.data(f"{{ courierAccounts {{ title {FIELDS} }} }}")
    assert [one["title"] for one in shown["courierAccounts"]] == ["Innoship 2"]


@pytest.mark.spec("SEC-3")
async def test_a_new_webhook_secret_is_made_and_the_store_is_told(api: Api) -> None:
    object.__setattr__(api.services.settings, "public_url", "https://oms.example")
    channel = await open_shop(api)

    rotated = (await api.data(ROTATE, {"input": {"id": channel, "expectedVersion": 1}}))["webhookSecretRotate"]

    assert (rotated["version"], rotated["told"], rotated["secret"]) == (2, True, None)
    assert rotated["oldUntil"] > (utc_now() + timedelta(hours=23)).isoformat()
    now = await credentials(api, channel)
    assert now["webhook_secret"] not in SECRETS.values()
    async with api.database.begin() as session:
        row = await session.get_one(Channel, UUID(channel))
        old = open_old(api.services.vault, row.old_secrets, "channel", row.id)
        work = (await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "ensure_webhooks"))).one()
    assert [one.secret for one in old] == [SECRETS["webhook_secret"]]
    assert work.payload == {"channel_id": channel}


@pytest.mark.spec("SEC-3")
@pytest.mark.parametrize(("public_url", "enabled"), [(None, True), ("https://oms.example", False)])
async def test_a_secret_that_nobody_tells_the_store_is_shown(api: Api, public_url: str | None, enabled: bool) -> None:
    """The worker has no address to register, or leaves a channel alone that is off."""
    object.__setattr__(api.services.settings, "public_url", public_url)
    channel = await open_shop(api)
    async with api.database.begin() as session:
        (await session.get_one(Channel, UUID(channel))).enabled = enabled

    rotated = (await api.data(ROTATE, {"input": {"id": channel, "expectedVersion": 1}}))["webhookSecretRotate"]

    assert rotated["told"] is False
    assert rotated["secret"] == (await credentials(api, channel))["webhook_secret"]


@pytest.mark.spec("SEC-3")
async def test_a_secret_that_a_person_has_to_enter_is_shown_once(api: Api) -> None:
    account = await make_courier(api)
    ask = {"input": {"id": account, "expectedVersion": 1, "keepOldHours": 1}}

    first = (await api.data(ROTATE, ask, Idempotency_Key="one-rotation"))["webhookSecretRotate"]
    again = (await api.data(ROTATE, ask, Idempotency_Key="one-rotation"))["webhookSecretRotate"]

    assert first["told"] is False
    assert len(first["secret"]) >= 32
    assert again == {**first, "secret": None}
    async with api.database.begin() as session:
        row = await session.get_one(CourierAccount, UUID(account))
        assert row.credentials is not None
        assert api.services.vault.open(row.credentials, f"courier:{account}")["webhook_secret"] == first["secret"]


@pytest.mark.spec("SEC-3")
@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"keepOldHours": 721}, {("keepOldHours", "OUT_OF_RANGE")}),
        ({"keepOldHours": -1, "secret": "short"}, {("keepOldHours", "OUT_OF_RANGE"), ("secret", "TOO_SHORT")}),
        ({"secret": "with <angles> inside"}, {("secret", "BAD_VALUE")}),
        ({"secret": SECRETS["webhook_secret"]}, {("secret", "TAKEN")}),
    ],
)
async def test_a_secret_that_cannot_be_used(api: Api, given: Any, found: set[tuple[str, str]]) -> None:
    channel = await open_shop(api)

    answer = await api.data(ROTATE, {"input": {"id": channel, "expectedVersion": 1, **given}})

    assert problems(answer["webhookSecretRotate"]) == found
    assert await credentials(api, channel) == SECRETS


@pytest.mark.spec("SEC-3")
async def test_no_more_time_ends_every_old_secret(api: Api) -> None:
    channel = await open_shop(api)
    await api.data(ROTATE, {"input": {"id": channel, "expectedVersion": 1}})

    answer = await api.data(ROTATE, {"input": {"id": channel, "expectedVersion": 2, "keepOldHours": 0}})

    assert answer["webhookSecretRotate"]["oldUntil"] is None
    async with api.database.begin() as session:
        assert (await session.get_one(Channel, UUID(channel))).old_secrets is None


async def test_what_does_not_fit_any_more_is_shown_and_mended(api: Api) -> None:
    """A new version of a connector has renamed a setting and demands another."""
    channel = await open_shop(api)
    async with api.database.begin() as session:
        (await session.get_one(Channel, UUID(channel))).settings = {"url": "https://shop.example", "page_size": 20}

    shown = next(one for one in (await api.data(f"{{ channels {{ {FIELDS} }} }}"))["channels"] if one["id"] == channel)
    assert {(".".join(one["path"]), one["code"]) for one in shown["connection"]["problems"]} == {
        ("settings.url", "UNKNOWN_FIELD"),
        ("settings.store_url", "MISSING"),
    }
    mended = await connect(api, channel, settings={"store_url": "https://shop.example"}, credentials=SECRETS)
    assert mended["connection"]["problems"] == []
    assert mended["settings"] == {"store_url": "https://shop.example", "page_size": 20}


async def test_what_a_newer_version_stored_is_kept(api: Api) -> None:
    channel = await open_shop(api)
    async with api.database.begin() as session:
        row = await session.get_one(Channel, UUID(channel))
        row.settings, row.settings_version = {**row.settings, "tax_mode": "net"}, 2

    changed = await connect(api, channel, settings={"page_size": 20})

    assert changed["settings"] == {"store_url": "https://shop.example", "tax_mode": "net", "page_size": 20}
    assert changed["connection"]["passedOver"] == ["settings.tax_mode"]
    assert changed["connection"]["problems"] == []
    async with api.database.begin() as session:
        assert (await session.get_one(Channel, UUID(channel))).settings_version == 2


async def test_credentials_that_cannot_be_opened_are_entered_anew(api: Api) -> None:
    channel = await open_shop(api)
    async with api.database.begin() as session:
        (await session.get_one(Channel, UUID(channel))).credentials = b"\x01" + b"x" * 60

    shown = (await api.data(f"{{ channels {{ {FIELDS} }} }}"))["channels"][-1]
    assert [one["code"] for one in shown["connection"]["problems"]] == ["CREDENTIALS_UNREADABLE"]
    assert ("credentials.consumer_key", "MISSING") in problems(await connect(api, channel, settings={"page_size": 20}))
    assert (await connect(api, channel, credentials=SECRETS))["connection"]["problems"] == []
    assert await credentials(api, channel) == SECRETS
