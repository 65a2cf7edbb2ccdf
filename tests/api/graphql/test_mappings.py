"""What the words of a channel mean, which mean nothing yet, and how that is changed (spec CHN-2)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.audit.models import AuditEntry
from domain.intake.models import InboxCause, InboxItem, InboxState, Source
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from tests.api.conftest import Api
from tests.api.graphql.test_connections import open_shop, problems

pytestmark = pytest.mark.spec("CHN-2")

SHOWN = """{ channels { slug version mappings { kind source target title origin }
    unmapped { kind word title waiting lastSeenAt } } }"""
SET = """mutation ($input: MappingsSetInput!) { mappingsSet(input: $input) { __typename
    ... on Channel { version mappings { kind source target origin } unmapped { word } }
    ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion } ... on NotFound { code } } }"""
ONE = """mutation ($input: MappingInput!) { mappingSet(input: $input) { __typename
    ... on ChannelMapping { target } } }"""
REMOVE = """mutation ($input: MappingRemoveInput!) { mappingRemove(input: $input) { __typename
    ... on MappingRemoved { channel kind source } ... on NotFound { code } } }"""


async def shown(api: Api, slug: str = "shop-1") -> Any:
    return next(one for one in (await api.data(SHOWN))["channels"] if one["slug"] == slug)


async def meaning(api: Api, kind: str, source: str) -> tuple[str, str] | None:
    found = [one for one in (await shown(api))["mappings"] if (one["kind"], one["source"]) == (kind, source)]
    return (found[0]["target"], found[0]["origin"]) if found else None


async def waits(api: Api, channel: str, cause: str) -> UUID:
    item = new_id()
    async with api.database.begin() as session:
        session.add(
            InboxItem(
                id=item,
                channel_id=UUID(channel),
                source=Source.POLL,
                received_at=utc_now(),
                headers={},
                body=b"{}",
                state=InboxState.WAITING,
            )
        )
        await session.flush()
        session.add(InboxCause(item_id=item, cause=cause, channel_id=UUID(channel)))
    return item


async def state_of(api: Api, item: UUID) -> InboxState:
    async with api.database.begin() as session:
        return (await session.get_one(InboxItem, item)).state


async def change(api: Api, channel: str, version: int, **mappings: Any) -> Any:
    more = {"replace": mappings.pop("replace")} if "replace" in mappings else {}
    given = {"channel": channel, "expectedVersion": version, "mappings": mappings, **more}
    return (await api.data(SET, {"input": given}))["mappingsSet"]


async def test_the_connectors_meanings_stand_until_the_channel_says_otherwise(api: Api) -> None:
    channel = await open_shop(api)

    assert await meaning(api, "STATUS_IN", "on-hold") == ("PENDING_PAYMENT", "DEFAULT")
    assert await meaning(api, "STATUS_IN", "trash") == ("IGNORE", "DEFAULT")
    assert await meaning(api, "STATUS_OUT", "DELIVERED") == ("completed", "DEFAULT")
    assert await meaning(api, "PAYMENT_METHOD", "cod") is None
    await change(api, channel, 1, statusesIn={"on-hold": "ON_HOLD"}, paymentMethods={"cod": "cash_on_delivery"})
    assert await meaning(api, "STATUS_IN", "on-hold") == ("ON_HOLD", "OWN")
    assert await meaning(api, "PAYMENT_METHOD", "cod") == ("on_delivery", "OWN")
    titles = {one["source"]: one["title"] for one in (await shown(api))["mappings"]}
    assert titles["cod"] == "Cash on delivery"


async def test_words_without_a_meaning_are_listed(api: Api) -> None:
    channel = await open_shop(api)
    other = await open_shop(api, slug="shop-2")
    for cause in ("payment_method:klarna", "payment_method:klarna", "status:packed", "sku:A-1"):
        await waits(api, channel, cause)
    await waits(api, other, "status:elsewhere")

    found = [(one["kind"], one["word"], one["waiting"]) for one in (await shown(api))["unmapped"]]

    assert found == [
        ("PAYMENT_METHOD", "klarna", 2),
        ("STATUS_IN", "packed", 1),
        ("PAYMENT_METHOD", "cod", 0),
        ("PAYMENT_METHOD", "bacs", 0),
        ("PAYMENT_METHOD", "cheque", 0),
    ]
    assert (await shown(api))["unmapped"][0]["lastSeenAt"] is not None
    assert (await shown(api, "manual")) == {"slug": "manual", "version": 1, "mappings": [], "unmapped": []}


@pytest.mark.spec("SYN-3")
async def test_what_waited_for_a_word_goes_on_once_it_is_mapped(api: Api) -> None:
    channel = await open_shop(api)
    klarna, packed = await waits(api, channel, "payment_method:klarna"), await waits(api, channel, "status:packed")

    await change(api, channel, 1, paymentMethods={"klarna": "prepaid"})

    assert await state_of(api, klarna) is InboxState.RECEIVED
    assert await state_of(api, packed) is InboxState.WAITING


async def test_every_wrong_word_is_named_and_none_is_written(api: Api) -> None:
    channel = await open_shop(api)

    refused = await change(
        api,
        channel,
        1,
        paymentMethods={"cod": "on_delivery", "x": "barter"},
        statusesIn={"packed": "PACKED"},
        statusesOut=["DELIVERED"],
    )

    assert problems(refused) == {
        ("mappings.paymentMethods.x", "UNKNOWN_PAYMENT_KIND"),
        ("mappings.statusesIn.packed", "UNKNOWN_STATUS"),
        ("mappings.statusesOut", "NOT_AN_OBJECT"),
    }
    assert await meaning(api, "PAYMENT_METHOD", "cod") is None
    many = await change(api, channel, 1, paymentMethods={f"word {one}": "prepaid" for one in range(1_001)})
    assert problems(many) == {("mappings", "TOO_MANY")}


async def test_replacing_leaves_other_kinds_alone(api: Api) -> None:
    channel = await open_shop(api)
    await change(
        api, channel, 1, paymentMethods={"cod": "prepaid", "bacs": "prepaid"}, statusesIn={"on-hold": "FAILED"}
    )

    changed = await change(api, channel, 2, paymentMethods={"cod": "on_delivery"}, replace=True)

    own = {(one["kind"], one["source"]): one["target"] for one in changed["mappings"] if one["origin"] == "OWN"}
    assert own == {("PAYMENT_METHOD", "cod"): "on_delivery", ("STATUS_IN", "on-hold"): "FAILED"}
    assert "bacs" in [one["word"] for one in changed["unmapped"]]


async def test_a_mapping_is_taken_back(api: Api) -> None:
    channel = await open_shop(api)
    await change(api, channel, 1, statusesIn={"on-hold": "IGNORE"})
    word = {"channel": "shop-1", "kind": "STATUS_IN", "source": "on-hold"}

    for _ in range(2):
        removed = (await api.data(REMOVE, {"input": word}))["mappingRemove"]
        assert removed == {"__typename": "MappingRemoved", **word}

    assert await meaning(api, "STATUS_IN", "on-hold") == ("PENDING_PAYMENT", "DEFAULT")
    assert (await shown(api))["version"] == 3
    unknown = (await api.data(REMOVE, {"input": {**word, "channel": "nowhere"}}))["mappingRemove"]
    assert unknown == {"__typename": "NotFound", "code": "NOT_FOUND"}
    async with api.database.begin() as session:
        told = select(AuditEntry.action).where(AuditEntry.action.contains("mapping")).order_by(AuditEntry.at)
        assert list(await session.scalars(told)) == ["channel.mappings_set", "channel.mapping_remove"]


async def test_of_two_at_once_one_is_stale_and_a_single_word_counts_too(api: Api) -> None:
    channel = await open_shop(api)

    both = await asyncio.gather(*(change(api, channel, 1, paymentMethods={"cod": kind}) for kind in ("card", "cod")))
    assert sorted(one["__typename"] for one in both) == ["Channel", "StaleVersion"]
    word = {"channel": "shop-1", "kind": "PAYMENT_METHOD", "source": "bacs", "target": "prepaid"}
    for _ in range(2):
        await api.data(ONE, {"input": word})
    assert (await shown(api))["version"] == 3
    same = await change(api, channel, 3, paymentMethods={"bacs": "prepaid"})
    assert same["version"] == 3
