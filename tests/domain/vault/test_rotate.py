"""Every sealed value is brought to another key, whoever writes or dies meanwhile."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.connector_state import ConnectorState
from domain.kernel.database import Database
from domain.kernel.secrets import Vault, WrongKeyError
from domain.models import Base
from domain.shipping.models import CourierAccount
from domain.vault.places import SEALED, untold
from domain.vault.rotate import rewrap_batch, rotate_keys
from domain.vault.status import key_status
from tests.support.builders import make_channel
from tests.support.shipping import make_account

OLD, BOTH, NEW = Vault("old"), Vault("new", ["old"]), Vault("new")
NOT_SECRET = {"inbox.body", "shipment_labels.content"}


def test_every_column_of_sealed_values_is_told() -> None:
    """A new column of bytes: does it hold sealed values? Then name it in `SEALED`, else in `NOT_SECRET` here."""
    assert untold(Base.metadata.tables.values(), NOT_SECRET) == []
    assert untold(Base.metadata.tables.values(), set()) == sorted(NOT_SECRET)


async def sealed_values(session: AsyncSession, vault: Vault, count: int = 3) -> dict[str, object]:
    """A value in every place; what they are, by place."""
    values: dict[str, object] = {}
    for number in range(count):
        channel = await make_channel(session, slug=f"shop-{number}")
        values[f"channel:{channel.id}"] = {"consumer_secret": f"c{number}"}
        channel.credentials = vault.seal({"consumer_secret": f"c{number}"}, f"channel:{channel.id}")
        values[f"channel_old_secrets:{channel.id}"] = [{"secret": f"w{number}"}]
        channel.old_secrets = vault.seal([{"secret": f"w{number}"}], f"channel_old_secrets:{channel.id}")
        account = await session.get_one(CourierAccount, (await make_account(session, f"courier-{number}")).id)
        values[f"courier:{account.id}"] = {"api_key": f"k{number}"}
        account.credentials = vault.seal({"api_key": f"k{number}"}, f"courier:{account.id}")
        values[f"courier_old_secrets:{account.id}"] = [{"secret": f"v{number}"}]
        account.old_secrets = vault.seal([{"secret": f"v{number}"}], f"courier_old_secrets:{account.id}")
        for key in ("token", "refresh"):
            place = f"connector_state:{channel.id}:{key}"
            values[place] = f"{key}{number}"
            session.add(ConnectorState(account_id=channel.id, key=key, sealed=vault.seal(values[place], place)))
    session.add(ConnectorState(account_id=uuid4(), key="cursor", value="plain"))
    await session.flush()
    return values


async def opened(session: AsyncSession, vault: Vault) -> dict[str, object]:
    found = {}
    for one in SEALED:
        for row in (await session.execute(one.rows(None, 1000))).all():
            found[one.place_of(row)] = vault.open(row.sealed, one.place_of(row))
    return found


@pytest.mark.spec("CHN-3")
async def test_all_values_come_under_the_new_key_in_small_batches(session: AsyncSession) -> None:
    values = await sealed_values(session, OLD)
    for one in SEALED:
        last = None
        while (batch := await rewrap_batch(session, BOTH, one, last, limit=2)).last is not None:
            last = batch.last
            assert await opened(session, BOTH) == values, "half-way, everything opens"
    assert await opened(session, NEW) == values
    status = await key_status(await session.connection(), NEW)
    assert (status.counts, status.left, status.well) == ({NEW.current[1:].hex(): len(values)}, 0, True)


async def test_a_second_run_changes_nothing(database: Database) -> None:
    async with database.begin() as session:
        values = await sealed_values(session, OLD)
    assert await rotate_keys(database, BOTH, limit=2) == len(values)
    async with database.begin() as session:
        before = await everything(session)
    assert await rotate_keys(database, BOTH, limit=2) == 0
    async with database.begin() as session:
        assert await everything(session) == before


async def everything(session: AsyncSession) -> list[object]:
    return [row for one in SEALED for row in (await session.execute(one.rows(None, 1000))).all()]


async def test_two_at_once_while_the_api_writes_lose_nothing(database: Database) -> None:
    async with database.begin() as session:
        values = await sealed_values(session, OLD, count=8)
    channels = [UUID(place.removeprefix("channel:")) for place in values if place.startswith("channel:")]

    async def write() -> None:
        for channel in channels:
            place = f"channel:{channel}"
            values[place] = {"consumer_secret": "entered meanwhile"}
            async with database.begin() as session:
                sealed = BOTH.seal(values[place], place)
                await session.execute(update(Channel).where(Channel.id == channel).values(credentials=sealed))

    counts = await asyncio.gather(rotate_keys(database, BOTH, limit=3), rotate_keys(database, BOTH, limit=3), write())
    assert sum(count for count in counts if count is not None) <= len(values)
    async with database.begin() as session:
        assert await opened(session, NEW) == values


async def test_one_that_cannot_be_read_is_named_and_kept_and_the_others_go_on(session: AsyncSession) -> None:
    await sealed_values(session, OLD)
    lost = Vault("lost")
    channel = (await session.scalars(select(Channel).where(Channel.slug == "shop-1"))).one()
    kept = channel.credentials = lost.seal({"consumer_secret": "x"}, f"channel:{channel.id}")
    await session.flush()
    for one in SEALED:
        batch = await rewrap_batch(session, BOTH, one, None)
        if one.name == "channels.credentials":
            [(label, reason)] = batch.unreadable
            assert label == "channel shop-1" and str(channel.id) in reason
        else:
            assert batch.unreadable == []
    assert await session.scalar(select(Channel.credentials).where(Channel.id == channel.id)) == kept
    status = await key_status(await session.connection(), NEW)
    assert ([label for label, _ in status.unreadable], status.left, status.well) == (["channel shop-1"], 1, False)
    with_it = await key_status(await session.connection(), Vault("new", ["lost"]))
    assert (with_it.unreadable, with_it.well) == ([], False)


async def test_a_value_that_was_moved_to_another_row_is_not_carried_along(session: AsyncSession) -> None:
    await sealed_values(session, OLD, count=2)
    one, other = (await session.scalars(select(Channel).where(Channel.slug.in_(["shop-0", "shop-1"])))).all()
    one.credentials = other.credentials
    await session.flush()
    batch = await rewrap_batch(session, BOTH, SEALED[0], None)
    assert [label for label, _ in batch.unreadable] == [f"channel {one.slug}"]
    with pytest.raises(WrongKeyError):
        BOTH.open(one.credentials or b"", f"channel:{one.id}")
