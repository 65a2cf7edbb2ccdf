"""Groups of products and their subgroups, to any depth up to `MAX_DEPTH` (spec CAT-1, DSC-1)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.audit.record import record, record_written
from domain.audit.values import snapshot
from domain.discounts.models import TradeDiscount
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, NotFound, invalid
from domain.kernel.slugs import is_slug, slug_problems
from domain.kernel.versions import check_version

from .models import Product, ProductGroup, Variant

MAX_DEPTH = 10
MAX_GROUPS = 5_000
_TREE = "product_groups"
_PLACES = select(ProductGroup.id, ProductGroup.slug, ProductGroup.parent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertProductGroup:
    """A group by its slug; `parent` is the slug of the group that it is a subgroup of, None: it stands at the top."""

    slug: str
    name: str
    parent: str | None = None
    expected_version: int | None = None


async def upsert_product_group(session: AsyncSession, actor: Actor, command: UpsertProductGroup) -> ProductGroup:
    """Makes the group, or changes name and place of the one with this slug. A repeat changes nothing more.

    Raises StaleVersion, and Invalid for a parent that there is not, that lies below the group, or too deep.
    """
    problems = tuple(slug_problems(command.slug, command.name, "group"))
    if problems:
        raise Invalid(problems)
    await lock_names(session, [_TREE])  # two moves at once could make a circle that neither sees
    name = command.name.strip()
    values = {"id": new_id(), "slug": command.slug, "name": name, "version": 1, "created_at": utc_now()}
    statement = insert(ProductGroup).values(values).on_conflict_do_nothing(index_elements=["slug"])
    made = await session.scalar(statement.returning(ProductGroup.id))
    if (await session.scalar(select(func.count()).select_from(ProductGroup)) or 0) > MAX_GROUPS:
        raise invalid(("slug",), "TOO_MANY", f"There are at most {MAX_GROUPS} groups of products.")
    group = await _locked(session, command.slug)
    check_version("product group", command.expected_version, group.version)
    parent_id = await _parent(session, group, command.parent)
    before = None if made else snapshot(group)
    if (group.name, group.parent_id) != (name, parent_id):
        group.name, group.parent_id = name, parent_id
        group.version += made is None
    record_written(session, actor, "product_group", group, before, title=name)
    await session.flush()
    return group


async def delete_product_group(
    session: AsyncSession, actor: Actor, slug: str, expected_version: int | None = None
) -> None:
    """Removes a group. Raises NotFound, StaleVersion, and Invalid while products, subgroups or rules are in it."""
    group = await _locked(session, slug)
    check_version("product group", expected_version, group.version)
    await lock_names(session, [TradeDiscount.__tablename__])
    naming = select(TradeDiscount.name).where(
        TradeDiscount.archived_at.is_(None), TradeDiscount.item_groups.contains([group.id])
    )
    if (rule := await session.scalar(naming.limit(1))) is not None:
        raise invalid(("slug",), "IN_USE", f"The discount {rule} names {slug}. Take it out there first.")
    try:
        async with session.begin_nested():
            await session.execute(delete(ProductGroup).where(ProductGroup.id == group.id))
    except IntegrityError as error:
        message = f"{slug} still has products or subgroups, or a rule names it. Move them first."
        raise invalid(("slug",), "IN_USE", message) from error
    record(session, actor, "product_group.remove", "product_group", group.id, title=group.name, before=snapshot(group))


async def group_chain(session: AsyncSession, product_id: UUID) -> tuple[UUID, ...]:
    """The product's group and the groups above it, the nearest first; empty for a product without a group."""
    rows = await session.execute(_of_products(), {"products": [product_id]})
    return tuple(row.group_id for row in rows)


async def group_chains(session: AsyncSession, variant_ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID, ...]]:
    """As `group_chain`, for variants, in one statement; variants without a group are left out."""
    found: dict[UUID, list[UUID]] = {}
    for row in await session.execute(_of_variants(), {"variants": list(variant_ids)}):
        found.setdefault(row.key, []).append(row.group_id)
    return {key: tuple(chain) for key, chain in found.items()}


def _of_products() -> Select[Any]:
    wanted = Product.id == bindparam("products", type_=ARRAY(Uuid())).any_()
    return _upwards(select(Product.id.label("key"), Product.group_id).where(wanted, Product.group_id.is_not(None)))


def _of_variants() -> Select[Any]:
    wanted = Variant.id == bindparam("variants", type_=ARRAY(Uuid())).any_()
    start = select(Variant.id.label("key"), Product.group_id).join(Product, Product.id == Variant.product_id)
    return _upwards(start.where(wanted, Product.group_id.is_not(None)))


def _upwards(start: Select[*tuple[Any, ...]]) -> Select[Any]:
    """(key, group_id) from `start` (key, its group) up to the top, the nearest group first."""
    first = start.subquery()
    up = (
        select(first.c.key, first.c.group_id, ProductGroup.parent_id, literal(0).label("height"))
        .join(ProductGroup, ProductGroup.id == first.c.group_id)
        .cte("up", recursive=True)
    )
    above = select(up.c.key, ProductGroup.id, ProductGroup.parent_id, up.c.height + 1)
    up = up.union_all(above.join(ProductGroup, ProductGroup.id == up.c.parent_id))
    return select(up.c.key, up.c.group_id).order_by(up.c.key, up.c.height)


async def _parent(session: AsyncSession, group: ProductGroup, slug: str | None) -> UUID | None:
    """The id of the group above. Raises Invalid where the tree would not be one, or grow too deep."""
    if slug is None:
        return None
    tree = {row.id: row for row in await session.execute(_PLACES)}
    parent = next((row for row in tree.values() if row.slug == slug), None)
    if parent is None:
        raise invalid(("parent",), "UNKNOWN_GROUP", f"There is no product group {slug}. Create it first.")
    above = [parent.id]
    while (higher := tree[above[-1]].parent_id) is not None:
        above.append(higher)
    if group.id in above:
        raise invalid(("parent",), "CIRCLE", f"{slug} is {group.slug} itself, or lies below it. Name another parent.")
    if len(above) + _height(group.id, tree) > MAX_DEPTH:
        raise invalid(("parent",), "TOO_DEEP", f"Groups are at most {MAX_DEPTH} deep. Name a higher parent.")
    parent_id: UUID = parent.id
    return parent_id


def _height(group_id: UUID, tree: Mapping[UUID, Any]) -> int:
    """How many levels the group and what is below it make."""
    below = [row.id for row in tree.values() if row.parent_id == group_id]
    return 1 + max((_height(child, tree) for child in below), default=0)


async def _locked(session: AsyncSession, slug: str) -> ProductGroup:
    query = select(ProductGroup).where(ProductGroup.slug == slug).with_for_update()
    group = await session.scalar(query.execution_options(populate_existing=True)) if is_slug(slug) else None
    if group is None:
        raise NotFound("product group", slug, path=("slug",))
    return group
