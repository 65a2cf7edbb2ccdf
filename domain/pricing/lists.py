"""Making, changing and archiving price lists (spec PRC-1)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.audit.values import snapshot
from domain.channels.models import Channel
from domain.customers.models import Customer, CustomerGroup
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.currencies import CURRENCIES
from domain.kernel.ids import new_id, parse_id
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.kernel.slugs import is_slug, slug_problems
from domain.kernel.versions import check_version

from .models import Level, PriceList, PriceListItem, PriceListMember

MAX_LISTS = 10_000
MAX_MEMBERS = 1_000
MAX_PRIORITY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertPriceList:
    """A price list by its slug, as it shall be from now on. Exactly one of the three says for whom it is: ids of
    customers, slugs of groups, or slugs of channels. It holds from `valid_from` until before `valid_until`.
    """

    slug: str
    name: str
    currency: str
    customers: Sequence[str] = ()
    groups: Sequence[str] = ()
    channels: Sequence[str] = ()
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    active: bool = True
    expected_version: int | None = None

    @property
    def level(self) -> Level:
        return Level.CUSTOMER if self.customers else Level.GROUP if self.groups else Level.CHANNEL


async def upsert_price_list(session: AsyncSession, actor: Actor, command: UpsertPriceList) -> PriceList:
    """Makes the list, or changes the one with this slug; its prices stay. A repeat changes nothing more.

    Raises StaleVersion, and Invalid naming every wrong field, those for whom it shall be that there are not too.
    """
    problems = list(_problems(command))
    if not problems:
        members, problems = await _members(session, command)
    if problems:
        raise Invalid(problems)
    now = utc_now()
    values = {"slug": command.slug, "version": 0, "created_at": now, "updated_at": now, **_fields(command)}
    statement = insert(PriceList).values(id=new_id(), active=command.active, priority=command.priority, **values)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["slug"]))
    if (await session.scalar(select(func.count()).select_from(PriceList)) or 0) > MAX_LISTS:
        raise invalid(("slug",), "TOO_MANY", f"There are at most {MAX_LISTS} price lists.")
    found = await list_for_update(session, command.slug)
    if found.version:
        check_version("price list", command.expected_version, found.version)
    if found.archived_at is not None:
        raise invalid(("slug",), "ARCHIVED", f"The list {command.slug} was archived. Make one with another slug.")
    await _check_currency(session, found, command.currency)
    if found.version and (found.level, found.currency) != (command.level, command.currency):
        path = "channels" if found.level is not command.level else "currency"
        await _check_own(session, found, path, "is its own as it is: give it another one first")
    before = snapshot(found) if found.version else None
    changed = found.version == 0
    for name, value in {**_fields(command), "active": command.active, "priority": command.priority}.items():
        changed = changed or getattr(found, name) != value
        setattr(found, name, value)
    present = await _present(session, found.id)
    await _write_members(session, found.id, present, members)
    if present.keys() != members or changed:
        found.version += 1
        found.updated_at = now
    told = {**snapshot(found), "members": _told(members)}
    before = before and {**before, "members": _told(present)}
    action = "price_list.create" if before is None else "price_list.update"
    record(session, actor, action, "price_list", found.id, title=found.name, before=before, after=told)
    await session.flush()
    return found


async def archive_price_list(
    session: AsyncSession, actor: Actor, slug: str, expected_version: int | None = None
) -> PriceList:
    """Ends a list for good; it gives no price any more. Raises NotFound, StaleVersion, and Invalid (IN_USE) for one
    that is a channel's own; a repeat changes nothing."""
    found = await list_for_update(session, slug)
    check_version("price list", expected_version, found.version)
    if found.archived_at is None:
        await _check_own(session, found, "slug", "is its own: give it another one, or clear its setting first")
        found.archived_at = found.updated_at = utc_now()
        found.active = False
        found.version += 1
        record(session, actor, "price_list.archive", "price_list", found.id, title=found.name)
    await session.flush()
    return found


async def list_for_update(session: AsyncSession, slug: str) -> PriceList:
    """The list, locked until the transaction ends. Raises NotFound."""
    query = select(PriceList).where(PriceList.slug == slug).with_for_update(key_share=True)
    found = await session.scalar(query.execution_options(populate_existing=True)) if is_slug(slug) else None
    if found is None:
        raise NotFound("price list", slug, path=("slug",))
    return found


async def _check_own(session: AsyncSession, found: PriceList, path: str, words: str) -> None:
    """A list that is a channel's own stays one for channels, in its currency. Naming it waits for its lock."""
    slugs = await session.scalars(select(Channel.slug).where(Channel.price_list_id == found.id).order_by(Channel.slug))
    if own := ", ".join(slugs):
        raise invalid((path,), "IN_USE", f"Of the channels {own} this list {words}.")


async def _check_currency(session: AsyncSession, found: PriceList, currency: str) -> None:
    """Prices in a list were meant in its currency, so that it cannot change under them."""
    if found.currency == currency:
        return
    prices = select(PriceListItem.variant_id).where(PriceListItem.price_list_id == found.id)
    if await session.scalar(prices.limit(1)) is not None:
        raise invalid(("currency",), "IN_USE", f"The list has prices in {found.currency}. Take them out first.")


def _fields(command: UpsertPriceList) -> dict[str, object]:
    return {
        "name": command.name.strip(),
        "level": command.level,
        "currency": command.currency,
        "valid_from": command.valid_from,
        "valid_until": command.valid_until,
    }


def _problems(command: UpsertPriceList) -> Iterator[Problem]:
    yield from slug_problems(command.slug, command.name, "price list")
    if command.currency not in CURRENCIES:
        yield Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON.")
    if not -MAX_PRIORITY <= command.priority <= MAX_PRIORITY:
        yield Problem(("priority",), "OUT_OF_RANGE", f"Give a priority from -{MAX_PRIORITY} to {MAX_PRIORITY}.")
    if command.valid_from and command.valid_until and command.valid_from >= command.valid_until:
        yield Problem(("validUntil",), "DATES_REVERSED", "The list must end after it begins: give a later end.")
    given = {name: len(getattr(command, name)) for name in ("customers", "groups", "channels")}
    if sum(map(bool, given.values())) != 1:
        yield Problem(("customers",), "ONE_OF", "Name customers, or groups, or channels: exactly one of the three.")
    for name, count in given.items():
        if count > MAX_MEMBERS:
            yield Problem((name,), "TOO_MANY", f"Name at most {MAX_MEMBERS}; put customers into a group for more.")


Member = tuple[str, UUID]
"""The column of a member, and its id."""


async def _members(session: AsyncSession, command: UpsertPriceList) -> tuple[set[Member], list[Problem]]:
    """For whom the list is, and each that there is not."""
    if command.customers:
        name, column, named = "customers", "customer_id", command.customers
        keys = {text: key for text in named if (key := parse_id(text))}
        query = select(Customer.id, Customer.id).where(Customer.id.in_(keys.values()))
        known = {row[0]: row[1] for row in await session.execute(query)}
        found = {text: known.get(key) for text, key in keys.items()}
    else:
        model = CustomerGroup if command.groups else Channel
        name, column = ("groups", "group_id") if command.groups else ("channels", "channel_id")
        named = command.groups or command.channels
        slugs = [slug for slug in named if is_slug(slug)]
        rows = await session.execute(select(model.slug, model.id).where(model.slug.in_(slugs)))
        found = {row[0]: row[1] for row in rows}
    code = {"customers": "UNKNOWN_CUSTOMER", "groups": "UNKNOWN_GROUP", "channels": "UNKNOWN_CHANNEL"}[name]
    problems = [
        Problem((name, str(place)), code, f"There is no {name[:-1]} {text}.")
        for place, text in enumerate(named)
        if not found.get(text)
    ]
    return {(column, key) for key in found.values() if key}, problems


async def _present(session: AsyncSession, list_id: UUID) -> dict[Member, UUID]:
    """For whom the list is now, and the ids of the rows that say so."""
    rows = await session.scalars(select(PriceListMember).where(PriceListMember.price_list_id == list_id))
    return {_member(row): row.id for row in rows}


def _told(members: Iterable[Member]) -> list[str]:
    return sorted(str(key) for _, key in members)


async def _write_members(
    session: AsyncSession, list_id: UUID, present: Mapping[Member, UUID], wanted: set[Member]
) -> None:
    gone = [key for member, key in present.items() if member not in wanted]
    if gone:
        await session.execute(delete(PriceListMember).where(PriceListMember.id.in_(gone)))
    new = sorted(wanted - present.keys())
    if new:
        empty = {"customer_id": None, "group_id": None, "channel_id": None}
        await session.execute(
            insert(PriceListMember),
            [{"id": new_id(), "price_list_id": list_id, **empty, column: key} for column, key in new],
        )


def _member(row: PriceListMember) -> Member:
    if row.customer_id is not None:
        return "customer_id", row.customer_id
    if row.group_id is not None:
        return "group_id", row.group_id
    assert row.channel_id is not None
    return "channel_id", row.channel_id
