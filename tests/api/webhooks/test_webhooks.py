"""What far sides send is checked, stored raw, and only then acknowledged (spec SYN-3, SEC-3)."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text, update

from api.webhooks import group_commit
from api.webhooks.door import Door
from domain.channels.models import Channel
from domain.diary.models import DiaryEntry, DiaryState
from domain.intake.models import InboxItem, InboxState, Source
from domain.kernel.outbox import OutboxRow
from domain.shipping.models import CourierAccount
from tests.api.conftest import Api
from tests.api.graphql.scenes import make_account
from tests.support.builders import make_channel

pytestmark = pytest.mark.spec("SEC-3")

SECRET = "the shop's webhook secret"


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"X-WC-Webhook-Signature": base64.b64encode(digest).decode(), "X-WC-Webhook-Topic": "order.created"}


async def add_shop(api: Api, slug: str = "shop-1", connector: str = "woocommerce") -> Channel:
    async with api.database.begin() as session:
        channel = await make_channel(session, slug=slug, connector=connector)
        secrets = {"consumer_key": "ck", "consumer_secret": "cs", "webhook_secret": SECRET}
        channel.credentials = api.services.vault.seal(secrets, f"channel:{channel.id}")
    return channel


async def send(api: Api, body: bytes, path: str = "/webhooks/shop-1", **headers: str) -> httpx.Response:
    return await api.http.post(path, content=body, headers={**signed(body), **headers})


async def stored(api: Api) -> Sequence[InboxItem]:
    async with api.database.begin() as session:
        return (await session.scalars(select(InboxItem).order_by(InboxItem.id))).all()


def metric(text: str, name: str) -> float:
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


async def test_a_signed_webhook_is_stored_with_its_work(api: Api) -> None:
    channel = await add_shop(api)
    body = b'{"id": 7, "name": "C\xc4\x83n\xc4\x83"}'
    answer = await send(api, body, **{"X-Correlation-Id": "call-7", "Authorization": "Basic secret"})
    assert answer.status_code == 200
    assert answer.headers["x-correlation-id"] == "call-7"
    [item] = await stored(api)
    assert (item.body, item.channel_id, item.courier_account_id) == (body, channel.id, None)
    assert (item.source, item.state, item.verified, item.correlation_id) == (
        Source.WEBHOOK,
        InboxState.RECEIVED,
        True,
        "call-7",
    )
    assert item.headers == {"x-wc-webhook-topic": "order.created"}
    async with api.database.begin() as session:
        work = (await session.scalars(select(OutboxRow))).one()
    assert (work.consumer, work.aggregate, work.correlation_id) == ("intake", f"inbox:{item.id}", "call-7")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-WC-Webhook-Signature": ""},
        {"X-WC-Webhook-Signature": "AAAA"},
        signed(b"another body"),
        signed(b"{}", "another secret"),
    ],
)
async def test_a_wrong_signature(api: Api, headers: dict[str, str]) -> None:
    """401, nothing stored, counted."""
    await add_shop(api)
    name = 'omnisales_webhooks_refused_total{reason="signature"}'
    before = metric((await api.http.get("/metrics")).text, name)
    answer = await api.http.post("/webhooks/shop-1", content=b"{}", headers=headers)
    assert answer.status_code == 401
    assert await stored(api) == []
    assert metric((await api.http.get("/metrics")).text, name) == before + 1


async def test_ten_wrong_signatures_in_a_row_are_told_in_the_diary(api: Api) -> None:
    """And a good one after them closes the entry."""
    await add_shop(api)
    for _ in range(9):
        await api.http.post("/webhooks/shop-1", content=b"{}", headers={"X-WC-Webhook-Signature": "AAAA"})
    async with api.database.begin() as session:
        assert (await session.scalars(select(DiaryEntry))).all() == []
    for _ in range(4):
        await api.http.post("/webhooks/shop-1", content=b"{}", headers={"X-WC-Webhook-Signature": "AAAA"})
    async with api.database.begin() as session:
        entry = (await session.scalars(select(DiaryEntry))).one()
    assert (entry.cause, entry.state) == ("signature", DiaryState.OPEN)
    assert (await send(api, b"{}")).status_code == 200
    async with api.database.begin() as session:
        assert (await session.scalars(select(DiaryEntry.state))).all() == [DiaryState.RESOLVED]


async def test_the_stores_ping(api: Api) -> None:
    await add_shop(api)
    answer = await api.http.post("/webhooks/shop-1", content=b"webhook_id=12")
    assert answer.status_code == 200
    assert await stored(api) == []


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/none",
        "/webhooks/manual",
        "/webhooks/couriers/none",
        "/webhooks/couriers/hand",
        "/webhooks/shop-1/extra",
        "/webhooks/shop-1%00",
        "/webhooks/couriers/hand%00",
    ],
)
async def test_nobody_there(api: Api, path: str) -> None:
    """Unknown slugs, channels of the house's own, couriers that send nothing, secrets where none belong."""
    await add_shop(api)
    async with api.database.begin() as session:
        await make_account(session, "hand", "manual")
    answer = await send(api, b"{}", path)
    assert answer.status_code == 404
    assert await stored(api) == []


async def test_other_methods(api: Api) -> None:
    await add_shop(api)
    assert (await api.http.get("/webhooks/shop-1")).status_code == 405


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"\x00\xff\xfe", b'{"code": "error"}', b'{"a": "\\u0000"}', b"x" * 200_000]
)
async def test_whatever_is_signed_is_stored(api: Api, body: bytes) -> None:
    await add_shop(api)
    assert (await send(api, body)).status_code == 200
    [item] = await stored(api)
    assert item.body == body


async def parts(count: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * size


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit(api: Api, chunked: bool) -> None:
    """413, by its announced length or as soon as too much came; no more than the limit is read."""
    await add_shop(api)
    door: Door = api.app.state.door
    door.limit = 10_000
    read = 0

    async def counting() -> AsyncIterator[bytes]:
        nonlocal read
        async for part in parts(1_000, 1_000):
            read += len(part)
            yield part

    content: Any = counting() if chunked else b"x" * 10_001
    answer = await api.http.post("/webhooks/shop-1", content=content)
    assert answer.status_code == 413
    assert await stored(api) == []
    fits = b"x" * 10_000
    assert (await send(api, fits)).status_code == 200


async def test_an_unsigned_far_side_shows_its_secret_in_the_path(api: Api) -> None:
    async with api.database.begin() as session:
        account = await make_account(session, "inno", "innoship")
        secrets = {"api_key": "k", "webhook_secret": "path-secret"}
        account.credentials = api.services.vault.seal(secrets, f"courier:{account.id}")
    for path, status in (
        ("/webhooks/couriers/inno", 401),
        ("/webhooks/couriers/inno/wrong", 401),
        ("/webhooks/couriers/inno/path-secret", 200),
    ):
        assert (await api.http.post(path, content=b"[]")).status_code == status, path
    [item] = await stored(api)
    assert (item.courier_account_id, item.channel_id, item.verified) == (account.id, None, True)


async def test_while_the_connector_is_not_loaded(api: Api) -> None:
    """What comes is stored unverified, with the headers that its check will need, and without the caller's log-in."""
    await add_shop(api, "other", "shopify")
    answer = await send(api, b"{}", "/webhooks/other", Authorization="Bearer x", Cookie="a=b")
    assert answer.status_code == 200
    [item] = await stored(api)
    assert item.verified is False
    assert item.headers["x-wc-webhook-signature"] == signed(b"{}")["X-WC-Webhook-Signature"]
    assert not {"authorization", "cookie"} & item.headers.keys()


async def test_credentials_under_another_key_let_nothing_in(api: Api) -> None:
    channel = await add_shop(api)
    async with api.database.begin() as session:
        await session.execute(update(Channel).where(Channel.id == channel.id).values(credentials=b"\x01" + b"x" * 60))
    assert (await send(api, b"{}")).status_code == 503
    assert await stored(api) == []


async def test_a_changed_secret_is_seen(api: Api) -> None:
    """Addressees are remembered for seconds only."""
    channel = await add_shop(api)
    api.app.state.door.addressees._seconds = 0.05
    assert (await send(api, b"{}")).status_code == 200
    async with api.database.begin() as session:
        sealed = api.services.vault.seal({"webhook_secret": "new"}, f"channel:{channel.id}")
        await session.execute(update(Channel).where(Channel.id == channel.id).values(credentials=sealed))
    await asyncio.sleep(0.06)
    assert (await send(api, b"{}")).status_code == 401
    answer = await api.http.post("/webhooks/shop-1", content=b"{}", headers=signed(b"{}", "new"))
    assert answer.status_code == 200


async def test_many_at_once_are_stored_in_few_commits(api: Api) -> None:
    """Each exactly once, one of them with NUL bytes and broken text in its headers."""
    await add_shop(api)
    bodies = [f"body {n}".encode() for n in range(200)]
    bodies[77] = b"\x00\x00"
    answers = await asyncio.gather(*(send(api, body, **{"X-WC-Webhook-Delivery-Id": "\x7f\x01"}) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    items = await stored(api)
    assert sorted(item.body for item in items) == sorted(bodies)
    async with api.database.read() as connection:
        transactions = select(func.count(func.distinct(func.cast(InboxItem.received_at, InboxItem.received_at.type))))
        assert (await connection.execute(transactions)).scalar_one() < 100


async def test_one_that_cannot_be_stored_fails_alone(api: Api) -> None:
    """Its channel was deleted between the check and the commit: the others of its batch are stored."""
    await add_shop(api)
    gone = await add_shop(api, "gone")
    await send(api, b"known", "/webhooks/gone")
    async with api.database.begin() as session:
        for item in await session.scalars(select(InboxItem)):
            await session.delete(item)
        await session.flush()
        await session.delete(await session.get_one(Channel, gone.id))
    answers = await asyncio.gather(
        *(send(api, f"{n}".encode(), "/webhooks/gone" if n == 5 else "/webhooks/shop-1") for n in range(20))
    )
    assert [answer.status_code for answer in answers] == [500 if n == 5 else 200 for n in range(20)]
    assert sorted(int(item.body) for item in await stored(api)) == [n for n in range(20) if n != 5]


async def test_above_the_queues_limit_senders_are_asked_to_come_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_shop(api)
    await send(api, b"first")
    door: Door = api.app.state.door
    door.storage._most_waiting = 3
    held = asyncio.Event()
    usual = group_commit.store_items_at_once

    async def slow(*arguments: Any) -> Any:
        await held.wait()
        return await usual(*arguments)

    monkeypatch.setattr(group_commit, "store_items_at_once", slow)
    waiting = [asyncio.create_task(send(api, b"writing"))]
    await asyncio.sleep(0.1)
    waiting += [asyncio.create_task(send(api, b"waiting")) for _ in range(3)]
    await asyncio.sleep(0.1)
    refused = await send(api, b"too much")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    held.set()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 4
    assert sorted(item.body for item in await stored(api)) == sorted([b"first", b"writing", *[b"waiting"] * 3])


async def test_the_end_of_the_process_writes_what_waits(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """And takes nothing new meanwhile."""
    await add_shop(api)
    await send(api, b"first")
    door: Door = api.app.state.door
    held = asyncio.Event()
    usual = group_commit.store_items_at_once

    async def slow(*arguments: Any) -> Any:
        await held.wait()
        return await usual(*arguments)

    monkeypatch.setattr(group_commit, "store_items_at_once", slow)
    waiting = [asyncio.create_task(send(api, b"one")) for _ in range(5)]
    await asyncio.sleep(0.1)
    door.storage.close()
    assert (await send(api, b"late")).status_code == 503
    held.set()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}
    assert len(await stored(api)) == 6


async def test_a_sender_that_goes_away(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its item is stored all the same, and the others are answered."""
    await add_shop(api)
    await send(api, b"first")
    held = asyncio.Event()
    usual = group_commit.store_items_at_once

    async def slow(*arguments: Any) -> Any:
        await held.wait()
        return await usual(*arguments)

    monkeypatch.setattr(group_commit, "store_items_at_once", slow)
    gone = asyncio.create_task(send(api, b"gone"))
    stays = asyncio.create_task(send(api, b"stays"))
    await asyncio.sleep(0.1)
    gone.cancel()
    held.set()
    assert (await stays).status_code == 200
    assert {item.body for item in await stored(api)} == {b"first", b"gone", b"stays"}


async def test_the_slug_of_a_courier_is_not_a_channels(api: Api) -> None:
    async with api.database.begin() as session:
        await make_account(session, "inno", "innoship")
        assert (await session.scalars(select(CourierAccount.slug))).all() == ["inno"]
    assert (await send(api, b"{}", "/webhooks/inno")).status_code == 404


async def test_connections_that_the_database_ended_are_replaced_unseen(api: Api) -> None:
    await add_shop(api)
    for _ in range(3):
        assert (await send(api, b"{}")).status_code == 200
        async with api.database.begin() as session:
            await session.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        answers = await asyncio.gather(*(send(api, b"{}") for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
    assert len(await stored(api)) == 18
