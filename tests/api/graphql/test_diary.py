"""The sync diary, its replay, and the customers that it may be about (spec SYN-2, SYN-3)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.channels.models import Channel
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.intake.models import InboxCause, InboxItem, InboxState, Source
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.outbox import OutboxRow
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_channel, make_customer, make_order

pytestmark = pytest.mark.spec("SYN-2")

PAGE = """query ($first: Int, $after: String, $filter: DiaryFilter) {
    diary(first: $first, after: $after, filter: $filter) { edges { cursor node {
        id direction cause message remedy state externalId waiting channel { slug } order { number } } }
        pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


async def add_entry(api: Api, channel: Channel, cause: str, state: DiaryState, **fields: Any) -> DiaryEntry:
    entry = DiaryEntry(
        **{
            "id": new_id(),
            "at": utc_now(),
            "channel_id": channel.id,
            "direction": Direction.IN,
            "cause": cause,
            "message": f"about {cause}",
            "state": state,
            **fields,
        }
    )
    async with api.database.begin() as session:
        session.add(entry)
    return entry


async def add_waiting(api: Api, channel: Channel, cause: str, state: InboxState = InboxState.WAITING) -> InboxItem:
    """An item that waits, with its entry."""
    item = InboxItem(
        id=new_id(),
        channel_id=channel.id,
        source=Source.WEBHOOK,
        received_at=utc_now(),
        headers={},
        body=b"{}",
        state=state,
    )
    async with api.database.begin() as session:
        session.add(item)
        await session.flush()
        session.add(InboxCause(item_id=item.id, cause=cause, channel_id=channel.id))
    await add_entry(api, channel, cause, DiaryState.WAITING, item_id=item.id)
    return item


async def test_pages_and_filters(api: Api) -> None:
    async with api.database.begin() as session:
        one, two = await make_channel(session, slug="one"), await make_channel(session, slug="two")
        order = await make_order(session, channel=one)
    now = utc_now()
    await add_entry(api, one, "gone:7", DiaryState.OPEN, at=now, order_id=order.id, external_id="7", remedy="Look.")
    await add_waiting(api, one, "sku:A")
    await add_waiting(api, one, "sku:A")
    await add_waiting(api, two, "sku:A")
    await add_entry(api, two, "superseded", DiaryState.IGNORED, at=now - timedelta(days=1))
    seen, after = [], None
    while True:
        page = (await api.data(PAGE, {"first": 2, "after": after}))["diary"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(seen)
        seen += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [(node["cause"], node["channel"]["slug"], node["waiting"]) for node in seen] == [
        ("sku:A", "two", 1),
        ("sku:A", "one", 2),
        ("sku:A", "one", 2),
        ("gone:7", "one", 0),
        ("superseded", "two", 0),
    ]
    assert seen[3]["order"] == {"number": str(order.number)}
    assert (seen[3]["remedy"], seen[3]["externalId"], seen[3]["direction"]) == ("Look.", "7", "in")
    assert seen[0]["order"] is None
    for asked, count in (
        ({"channel": ["two"]}, 2),
        ({"channel": ["none"]}, 0),
        ({"state": ["OPEN", "IGNORED"]}, 2),
        ({"state": []}, 5),
        ({"cause": "sku:A", "channel": ["one"]}, 2),
        ({"cause": "sku"}, 0),
    ):
        found = (await api.data(PAGE, {"first": 10, "filter": asked}))["diary"]["edges"]
        assert len(found) == count, asked


async def test_statements_do_not_grow_with_the_page(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
        order = await make_order(session, channel=channel)
    for number in range(5):
        await add_entry(api, channel, f"gone:{number}", DiaryState.OPEN, order_id=order.id)
    await api.data("{ __typename }")
    with counted(api.services.database) as few:
        await api.data(PAGE, {"first": 1})
    with counted(api.services.database) as many:
        await api.data(PAGE, {"first": 5})
    assert len(many) == len(few) == 4


@pytest.mark.spec("SYN-3")
async def test_creating_the_sku_puts_back_what_waited_for_it(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
    waiting = await add_waiting(api, channel, "sku:NEW-1")
    other = await add_waiting(api, channel, "sku:NEW-2")
    query = 'mutation { productUpsert(input: {sku: "NEW-1", name: "New"}) { __typename } }'
    for _ in range(2):
        assert await api.data(query) == {"productUpsert": {"__typename": "Product"}}
    async with api.database.begin() as session:
        states = {row.id: row.state for row in await session.execute(select(InboxItem.id, InboxItem.state))}
        work = (await session.scalars(select(OutboxRow.aggregate).where(OutboxRow.consumer == "intake"))).all()
    assert states == {waiting.id: InboxState.RECEIVED, other.id: InboxState.WAITING}
    assert work == [f"inbox:{waiting.id}"]


@pytest.mark.spec("SYN-3")
async def test_replay(api: Api) -> None:
    """By entries, by cause, or all; each item once."""
    async with api.database.begin() as session:
        channel = await make_channel(session)
    for cause in ("sku:A", "sku:A", "sku:B", "sku:C"):
        await add_waiting(api, channel, cause)
    query = "mutation ($input: DiaryReplayInput!) { diaryReplay(input: $input) { ... on Replayed { count } } }"
    entries = (await api.data(PAGE, {"first": 10, "filter": {"cause": "sku:C"}}))["diary"]["edges"]
    for given, count in (
        ({"ids": [entries[0]["node"]["id"]]}, 1),
        ({"cause": "sku:A"}, 2),
        ({"cause": "sku:none"}, 0),
        ({"all": True}, 1),
        ({"all": True}, 0),
    ):
        assert (await api.data(query, {"input": given}))["diaryReplay"] == {"count": count}


async def test_closing_an_entry(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
    entry = await add_entry(api, channel, "gone:1", DiaryState.OPEN)
    query = """mutation ($ids: [ID!]!) { diaryResolve(ids: $ids) {
        __typename ... on Resolved { count } ... on Invalid { problems { code } } } }"""
    assert (await api.data(query, {"ids": [str(entry.id)]}))["diaryResolve"]["count"] == 1
    assert (await api.data(query, {"ids": [str(entry.id)]}))["diaryResolve"]["count"] == 0
    await add_waiting(api, channel, "sku:A")
    [waiting] = (await api.data(PAGE, {"first": 1, "filter": {"cause": "sku:A"}}))["diary"]["edges"]
    refused = (await api.data(query, {"ids": [waiting["node"]["id"]]}))["diaryResolve"]
    assert refused == {"__typename": "Invalid", "problems": [{"code": "WAITING"}]}


async def test_merging_customers(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
        keep, drop = [await make_customer(session, name=name, email="i@example.ro") for name in ("Ion", "I. Popescu")]
        order = await make_order(session, channel=channel, customer=drop)
    waiting = await add_waiting(api, channel, "customer:i@example.ro")
    found = (await api.data('{ customers(email: " I@Example.ro ") { id name } }'))["customers"]
    assert [one["name"] for one in found] == ["Ion", "I. Popescu"]
    merged = await api.data(
        "mutation ($input: CustomersMergeInput!) { customersMerge(input: $input) { ... on Customer { id name } } }",
        {"input": {"keep": str(keep.id), "drop": str(drop.id)}},
    )
    assert merged["customersMerge"] == {"id": str(keep.id), "name": "Ion"}
    shown = await api.data(f'{{ order(by: {{id: "{order.id}"}}) {{ customer {{ name }} }} }}')
    assert shown["order"]["customer"] == {"name": "Ion"}
    async with api.database.begin() as session:
        assert (await session.get_one(InboxItem, waiting.id)).state is InboxState.RECEIVED
