"""Groups of customers: making, renaming and removing them, and who is in which (spec PRC-1, DSC-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record, record_written
from domain.audit.values import snapshot
from domain.discounts.models import TradeDiscount
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.kernel.slugs import is_slug, slug_problems
from domain.kernel.versions import check_version
from domain.pricing.models import PriceList, PriceListMember

from .models import Customer, CustomerGroup, CustomerGroupMember

MAX_GROUPS = 1_000
MAX_OF_ONE = 50
"""The most groups that one customer is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertCustomerGroup:
    """A group by its slug."""

    slug: str
    name: str
    expected_version: int | None = None


async def upsert_customer_group(session: AsyncSession, actor: Actor, command: UpsertCustomerGroup) -> CustomerGroup:
    """Makes the group, or renames the one with this slug. Raises Invalid and StaleVersion."""
    problems = tuple(slug_problems(command.slug, command.name, "group"))
    if problems:
        raise Invalid(problems)
    name = command.name.strip()
    made = await session.scalar(
        insert(CustomerGroup)
        .values(id=new_id(), slug=command.slug, name=name, version=1, created_at=utc_now())
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(CustomerGroup.id)
    )
    if (await session.scalar(select(func.count()).select_from(CustomerGroup)) or 0) > MAX_GROUPS:
        raise invalid(("slug",), "TOO_MANY", f"There are at most {MAX_GROUPS} groups of customers.")
    group = await _locked(session, command.slug)
    check_version("customer group", command.expected_version, group.version)
    before = None if made else snapshot(group)
    if group.name != name:
        group.name = name
        group.version += 1
    record_written(session, actor, "customer_group", group, before, title=name)
    await session.flush()
    return group


async def delete_customer_group(
    session: AsyncSession, actor: Actor, slug: str, expected_version: int | None = None
) -> None:
    """Removes the group; its customers leave it. Raises NotFound, StaleVersion, and Invalid while a rule names it."""
    group = await _locked(session, slug)
    check_version("customer group", expected_version, group.version)
    await lock_names(session, [TradeDiscount.__tablename__])
    naming = select(TradeDiscount.name).where(
        TradeDiscount.archived_at.is_(None), TradeDiscount.client_groups.contains([group.id])
    )
    if (rule := await session.scalar(naming.limit(1))) is not None:
        raise invalid(("slug",), "IN_USE", f"The discount {rule} names {slug}. Take it out there first.")
    try:
        async with session.begin_nested():
            ended = select(PriceList.id).where(PriceList.archived_at.is_not(None))
            await session.execute(
                delete(PriceListMember).where(
                    PriceListMember.group_id == group.id, PriceListMember.price_list_id.in_(ended)
                )
            )
            await session.execute(delete(CustomerGroup).where(CustomerGroup.id == group.id))
    except IntegrityError as error:
        words = f"A price list or a channel names {slug}. Take it out there first."
        raise invalid(("slug",), "IN_USE", words) from error
    record(
        session, actor, "customer_group.remove", "customer_group", group.id, title=group.name, before=snapshot(group)
    )


async def set_customer_groups(
    session: AsyncSession, actor: Actor, customer_id: UUID, slugs: Sequence[str], expected_version: int | None = None
) -> Customer:
    """Puts the customer into exactly these groups. Raises NotFound, StaleVersion, Invalid; a repeat changes nothing."""
    customer = await customer_for_update(session, customer_id, "customer")
    check_version("customer", expected_version, customer.version)
    if await write_groups(session, customer_id, slugs):
        customer.version += 1
        customer.updated_at = utc_now()
    await session.flush()
    return customer


async def write_groups(session: AsyncSession, customer_id: UUID, slugs: Sequence[str]) -> bool:
    """Writes the groups of a customer who is locked. Whether that changed anything. Raises Invalid."""
    wanted = await group_ids(session, slugs, ("groups",))
    present = await groups_of(session, customer_id)
    if gone := present - wanted:
        await session.execute(
            delete(CustomerGroupMember).where(
                CustomerGroupMember.customer_id == customer_id, CustomerGroupMember.group_id.in_(gone)
            )
        )
    if new := wanted - present:
        rows = [{"customer_id": customer_id, "group_id": group_id} for group_id in sorted(new)]
        await session.execute(insert(CustomerGroupMember).on_conflict_do_nothing(), rows)
    return wanted != present


async def group_ids(session: AsyncSession, slugs: Sequence[str], path: tuple[str, ...]) -> frozenset[UUID]:
    """The groups of these slugs. Raises Invalid naming each that there is not, by its place."""
    if len(slugs) > MAX_OF_ONE:
        raise invalid(path, "TOO_MANY", f"Name at most {MAX_OF_ONE} groups.")
    asked = [slug for slug in slugs if is_slug(slug)]
    query = select(CustomerGroup.slug, CustomerGroup.id).where(CustomerGroup.slug.in_(asked))
    found = {row.slug: row.id for row in await session.execute(query.with_for_update(read=True, key_share=True))}
    problems = [
        Problem((*path, str(place)), "UNKNOWN_GROUP", f"There is no customer group {slug}. Create it first.")
        for place, slug in enumerate(slugs)
        if slug not in found
    ]
    if problems:
        raise Invalid(problems)
    return frozenset(found.values())


async def groups_of(session: AsyncSession, customer_id: UUID) -> frozenset[UUID]:
    """The ids of the groups that the customer is in."""
    query = select(CustomerGroupMember.group_id).where(CustomerGroupMember.customer_id == customer_id)
    return frozenset(await session.scalars(query))


async def customer_for_update(session: AsyncSession, customer_id: UUID, *path: str) -> Customer:
    """The customer, locked until the transaction ends; orders may be entered meanwhile. Raises NotFound."""
    query = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    customer = await session.scalar(query.execution_options(populate_existing=True))
    if customer is None:
        raise NotFound("customer", customer_id, path=path or ("id",))
    return customer


async def _locked(session: AsyncSession, slug: str) -> CustomerGroup:
    query = select(CustomerGroup).where(CustomerGroup.slug == slug).with_for_update()
    group = await session.scalar(query.execution_options(populate_existing=True)) if is_slug(slug) else None
    if group is None:
        raise NotFound("customer group", slug, path=("slug",))
    return group
