"""Who administers the channels of a team works on these, as others do on all, and on nothing else of the house."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.graphql.fields import Rows
from domain.access.models import ApiKey
from domain.access.presets import PRESETS
from domain.audit.models import AuditEntry
from domain.channels.models import Channel
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id, parse_id
from domain.kernel.secrets import digest
from domain.pricing.lists import UpsertPriceList, upsert_price_list
from domain.shipping.models import CourierAccount
from domain.teams.models import Team, TeamChannel
from tests.api.conftest import Api
from tests.support.builders import OPERATOR, make_channel

from .scenes import make_account
from .walk.arguments import arguments_of
from .walk.documents import Root, roots
from .walk.test_walk import unsuccessful
from .walk.world import World, ask

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("CHN-2")]

OF_CHANNELS = [root for root in roots("query", "mutation") if root.notes.rows is Rows.CHANNELS]


async def administrator(api: Api, *channels: UUID) -> Mapping[str, str]:
    """The headers of a channel administrator of a team that has these channels."""
    secret, now = f"key-{new_id()}", utc_now()
    async with api.database.begin() as session:
        team = Team(slug=f"team-{new_id().hex[:20]}", title="Team", version=1, created_at=now, updated_at=now)
        session.add(team)
        await session.flush()
        session.add_all(TeamChannel(team_id=team.id, channel_id=one) for one in channels)
        may = PRESETS["channel_admin"].permissions
        session.add(
            ApiKey(name=secret, key_hash=digest(secret), permissions=sorted(may), created_at=now, team_id=team.id)
        )
    return {"Authorization": f"Bearer {secret}"}


async def named_in(api: Api, given: Mapping[str, Any]) -> list[UUID]:
    """The channel that arguments are about."""
    about = given.get("input", given)
    name = about.get("channel") or about.get("id")
    if name is None:
        return []
    key = parse_id(name)
    async with api.database.read() as connection:
        wanted = Channel.slug == name if key is None else Channel.id == key
        return [(await connection.execute(select(Channel.id).where(wanted))).scalar_one()]


async def updated(api: Api, caller: Mapping[str, str], channel: Channel, **settings: Any) -> Any:
    query = """mutation ($input: ChannelUpdateInput!) { channelUpdate(input: $input) { __typename
        ... on Channel { title priceList version } ... on Invalid { problems { path code } } } }"""
    given = {"id": str(channel.id), "expectedVersion": channel.version, **settings}
    body = (
        await api.http.post("/graphql", json={"query": query, "variables": {"input": given}}, headers=dict(caller))
    ).json()
    assert "errors" not in body, body
    return body["data"]["channelUpdate"]


@pytest.mark.parametrize("root", OF_CHANNELS, ids=str)
async def test_they_work_on_the_channels_of_their_team(api: Api, root: Root) -> None:
    given = await arguments_of(root, World(api))
    caller = await administrator(api, *await named_in(api, given))
    assert unsuccessful(root, await ask(api, root, given, caller)) == []


async def test_what_they_set_stands_in_the_audit_log(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
    caller = await administrator(api, channel.id)
    assert (await updated(api, caller, channel, title="Ours"))["title"] == "Ours"
    async with api.database.begin() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.subject_id == str(channel.id)))
        assert entry is not None and entry.action == "channel.update"


async def test_they_choose_among_what_the_house_has_and_see_what_they_chose(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
        chosen, other = [
            await upsert_price_list(
                session, OPERATOR, UpsertPriceList(slug=slug, name=slug, currency="RON", channels=[theirs.slug])
            )
            for slug, theirs in [(slug, await make_channel(session)) for slug in ("chosen", "other")]
        ]
    caller = await administrator(api, channel.id)
    assert (await updated(api, caller, channel, priceList=chosen.slug))["priceList"] == chosen.slug
    wrong = await updated(api, caller, channel, expectedVersion=2, priceList="none-such", warehouse="NONE")
    assert {problem["code"] for problem in wrong["problems"]} == {"NOT_FOUND"}
    asked = {"query": "{ channels { slug priceList } }"}
    said = await api.http.post("/graphql", json=asked, headers=dict(caller))
    assert said.json()["data"]["channels"] == [{"slug": channel.slug, "priceList": chosen.slug}]
    assert other.slug not in said.text


async def test_couriers_are_the_houses(api: Api) -> None:
    """The field that changes secrets of both kinds of accounts finds them none, whatever version they name."""
    async with api.database.begin() as session:
        account = await make_account(session)
    [root] = [one for one in OF_CHANNELS if one.name == "webhookSecretRotate"]
    caller = await administrator(api)
    told = [
        (await ask(api, root, {"input": {"id": key, "expectedVersion": version}}, caller))["data"][root.name]
        for key, version in ((str(account.id), account.version), (str(account.id), 99), (str(new_id()), 1))
    ]
    assert {one["__typename"] for one in told} == {"NotFound"}
    assert len({one["message"].replace(str(account.id), "") for one in told[:2]}) == 1
    async with api.database.begin() as session:
        assert (await session.get_one(CourierAccount, account.id)).version == account.version
