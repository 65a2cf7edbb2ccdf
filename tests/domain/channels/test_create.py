"""Making channels, and telling of webhooks that are not theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.create import CreateChannel, create_channel
from domain.channels.models import Channel, ChannelMapping, InvoiceAt, MappingKind
from domain.channels.queries import channel_by_id, find_channel
from domain.channels.settings import Settings
from domain.channels.signatures import count_refused_signature, signature_is_right
from domain.diary.models import DiaryEntry, DiaryState
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound
from domain.kernel.schedule import Schedule
from domain.kernel.secrets import Vault
from tests.support.builders import OPERATOR, make_channel

VAULT = Vault("test")


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("CHN-3")
async def test_a_channel_is_made_with_mappings_schedules_and_sealed_credentials(session: AsyncSession) -> None:
    channel = await create_channel(
        session,
        OPERATOR,
        CreateChannel(
            slug="shop-1",
            title=" Shop ",
            connector="woocommerce",
            settings={"store_url": "https://shop.example"},
            credentials={"consumer_secret": "cs_secret"},
            mappings={"paymentMethods": {"cod": "COD"}, "statusesIn": {"packed": "READY"}},
            business=Settings(auto_confirm=True, invoice_at=InvoiceAt.DISPATCH),
            schedules={"fetch_orders": timedelta(minutes=5)},
        ),
        VAULT,
    )
    staff = await find_channel(session, "manual")
    assert (channel.title, channel.connector, channel.is_own, channel.enabled) == ("Shop", "woocommerce", False, True)
    assert (channel.warehouse_id, channel.invoice_series_id) == (staff.warehouse_id, staff.invoice_series_id)
    assert channel.credentials is not None and b"cs_secret" not in channel.credentials
    assert VAULT.open(channel.credentials, f"channel:{channel.id}") == {"consumer_secret": "cs_secret"}
    mappings = (await session.execute(select(ChannelMapping.kind, ChannelMapping.source, ChannelMapping.target))).all()
    assert set(mappings) == {
        (MappingKind.PAYMENT_METHOD, "cod", "on_delivery"),
        (MappingKind.STATUS_IN, "packed", "READY"),
    }
    schedule = (await session.scalars(select(Schedule).where(Schedule.subject_id == channel.id))).one()
    assert (schedule.kind, schedule.every, schedule.enabled) == ("fetch_orders", timedelta(minutes=5), True)
    assert await channel_by_id(session, channel.id) is channel
    assert await find_channel(session, str(channel.id)) is channel


@pytest.mark.spec("CHN-1")
@pytest.mark.parametrize(
    ("slug", "connector"), [("portal", "portal"), ("pre-order", "pre_order"), ("shop-x", "manual")]
)
async def test_the_houses_own_channels_have_no_connector(session: AsyncSession, slug: str, connector: str) -> None:
    channel = await create_channel(session, OPERATOR, CreateChannel(slug=slug, title="Own"), VAULT)
    assert (channel.connector, channel.is_own, channel.credentials) == (connector, True, None)


async def test_every_wrong_field_is_named_at_once(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refusal:
        await create_channel(
            session,
            OPERATOR,
            CreateChannel(
                slug="Bad Slug",
                title=" ",
                business=Settings(currency="lei"),
                credentials={"key": "secret"},
                mappings={"statusesIn": {"x": "NOPE"}},
            ),
            VAULT,
        )
    assert [(problem.path, problem.code) for problem in refusal.value.problems] == [
        (("slug",), "BAD_SLUG"),
        (("title",), "MISSING"),
        (("credentials",), "NOT_WANTED"),
        (("mappings", "statusesIn", "x"), "UNKNOWN_STATUS"),
        (("currency",), "BAD_CURRENCY"),
    ]
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("slug", ["couriers", "", "-a", "a/b", "a" * 64, "é"])
async def test_slugs_that_cannot_stand_in_an_address(session: AsyncSession, slug: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await create_channel(session, OPERATOR, CreateChannel(slug=slug, title="Shop"), VAULT)
    assert refusal.value.problems[0].code == "BAD_SLUG"


async def test_a_slug_that_is_taken_is_refused(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refusal:
        await create_channel(session, OPERATOR, CreateChannel(slug="manual", title="Twice"), VAULT)
    assert refusal.value.problems[0].code == "TAKEN"
    assert (await session.scalars(select(Channel.slug))).all() == ["manual"]


async def test_channels_that_are_not_there(session: AsyncSession) -> None:
    for name in ("nowhere", str(new_id())):
        with pytest.raises(NotFound):
            await find_channel(session, name)
    with pytest.raises(NotFound):
        await channel_by_id(session, new_id())


@pytest.mark.spec("SEC-3")
async def test_ten_wrong_signatures_in_a_row_are_said_and_a_right_one_closes_it(session: AsyncSession) -> None:
    shop = await make_channel(session)
    assert [await count_refused_signature(session, shop, count) for count in (1, 9, 10, 11)] == [
        False,
        False,
        True,
        True,
    ]
    entry = (await session.scalars(select(DiaryEntry))).one()
    assert (entry.cause, entry.state, entry.message[:2]) == ("signature", DiaryState.OPEN, "11")
    await signature_is_right(session, shop)
    await session.refresh(entry)
    assert entry.state is DiaryState.RESOLVED
