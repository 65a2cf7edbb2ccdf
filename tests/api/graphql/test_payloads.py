"""Raw payloads over the API: whole for those who may, masked for the others."""

import json
import threading
from uuid import UUID

import pytest
from sqlalchemy import select

from api.graphql.queries.payloads import SHOWN
from domain.access.models import ApiKey
from domain.audit.models import AuditEntry
from domain.diary.models import DiaryEntry
from domain.intake.models import Source
from domain.intake.purge import purge_items
from domain.intake.settle import refused, settle
from domain.intake.store import NewItem, store_items
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.privacy.mask import masked_body
from tests.api.conftest import Api
from tests.support.builders import make_channel

QUERY = """query ($e: ID!) { diaryPayload(diaryEntry: $e) {
    itemId source size headers text masked truncated purgedAt } }"""
BODY = {"id": 7, "billing": {"first_name": "Zebulon"}, "email": "zk@canary.example", "total": "10.00"}
CLERK = "a key that sees the diary, and no payloads"


async def entry_about(api: Api, body: bytes) -> tuple[str, UUID]:
    async with api.database.begin() as session:
        channel = await make_channel(session)
        new = NewItem(channel_id=channel.id, source=Source.WEBHOOK, body=body, headers={"x-topic": "a", "x-token": "b"})
        [item] = await store_items(session, [new])
        await settle(session, [refused(item, channel.id, "it cannot be read")])
        session.add(
            ApiKey(name="clerk", key_hash=digest(CLERK), permissions=[Permission.SYNC_VIEW.value], created_at=utc_now())
        )
        await session.flush()
        return str(await session.scalar(select(DiaryEntry.id).where(DiaryEntry.item_id == item))), item


@pytest.mark.spec("SEC-4")
async def test_who_may_sees_it_whole_and_the_audit_log_tells(api: Api) -> None:
    entry, item = await entry_about(api, json.dumps(BODY).encode())
    shown = (await api.data(QUERY, {"e": entry}))["diaryPayload"]
    assert json.loads(shown["text"]) == BODY
    assert (shown["itemId"], shown["masked"], shown["truncated"]) == (str(item), False, False)
    assert shown["headers"] == {"x-topic": "a", "x-token": "b"}
    async with api.database.begin() as session:
        [seen] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "payload.view"))
    assert seen.subject_id == str(item)


@pytest.mark.spec("SEC-4")
async def test_others_see_it_masked(api: Api) -> None:
    entry, _ = await entry_about(api, json.dumps(BODY).encode())
    shown = (await api.data(QUERY, {"e": entry}, Authorization=f"Bearer {CLERK}"))["diaryPayload"]
    hidden = {"id": 7, "billing": {"first_name": "***"}, "email": "***", "total": "10.00"}
    assert (json.loads(shown["text"]), shown["masked"]) == (hidden, True)
    assert shown["headers"] == {"x-topic": "a", "x-token": "***"}
    async with api.database.begin() as session:
        assert (await session.scalars(select(AuditEntry).where(AuditEntry.action == "payload.view"))).all() == []


async def test_half_a_surrogate_pair_is_no_fault(api: Api) -> None:
    entry, _ = await entry_about(api, b'{"items": [{"sku": "A", "name": "x\\ud800y"}]}')
    shown = await api.data(QUERY, {"e": entry}, Authorization=f"Bearer {CLERK}")
    assert json.loads(shown["diaryPayload"]["text"]) == {"items": [{"sku": "A", "name": "x?y"}]}
    assert "ud800" in (await api.data(QUERY, {"e": entry}))["diaryPayload"]["text"]


async def test_nobody_else_waits_while_a_long_one_is_masked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def noting(body: bytes, longest: int | None = None) -> str | None:
        threads.append(threading.current_thread())
        return masked_body(body, longest)

    monkeypatch.setattr("api.graphql.queries.payloads.masked_body", noting)
    entry, _ = await entry_about(api, json.dumps([{"id": 1}] * 10_000).encode())
    shown = (await api.data(QUERY, {"e": entry}, Authorization=f"Bearer {CLERK}"))["diaryPayload"]
    assert (len(shown["text"]), shown["truncated"]) == (SHOWN, True)
    assert len(threads) == 1 and threading.current_thread() not in threads


async def test_what_is_no_json_is_for_those_who_may(api: Api) -> None:
    entry, _ = await entry_about(api, b"<name>Zebulon</name>")
    assert (await api.data(QUERY, {"e": entry}))["diaryPayload"]["text"] == "<name>Zebulon</name>"
    masked = await api.data(QUERY, {"e": entry}, Authorization=f"Bearer {CLERK}")
    assert masked["diaryPayload"]["text"] is None


async def test_a_large_one_is_cut_and_a_purged_one_says_so(api: Api) -> None:
    entry, item = await entry_about(api, b"x" * (SHOWN + 1))
    shown = (await api.data(QUERY, {"e": entry}))["diaryPayload"]
    assert (len(shown["text"]), shown["truncated"], shown["size"]) == (SHOWN, True, SHOWN + 1)
    async with api.database.begin() as session:
        await purge_items(session, [item])
    shown = (await api.data(QUERY, {"e": entry}))["diaryPayload"]
    assert (shown["text"], shown["size"], shown["purgedAt"] is not None) == (None, 0, True)


async def test_an_entry_about_nothing_that_arrived_has_none(api: Api) -> None:
    for unknown in ("x", "0198c0de-0000-7000-8000-000000000000"):
        assert await api.data(QUERY, {"e": unknown}) == {"diaryPayload": None}
