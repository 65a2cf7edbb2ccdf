"""Customers and their groups, as rows for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.customers.models import Customer, CustomerGroup, CustomerGroupMember
from domain.kernel.refusals import invalid
from domain.kernel.texts import text_problem
from domain.metafields.models import Owner

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .metafield_rows import CONTAINED, contains
from .rows import AnySelect, Rows
from .search import PHONE, like_pattern

NEWEST = Sort("customers", moment)
MAX_SEARCH = 200

_C = Customer.__table__.c
_GROUPS = select(CustomerGroup).order_by(CustomerGroup.slug)
_GROUPS_OF = (
    select(CustomerGroupMember.customer_id, *CustomerGroup.__table__.c)
    .join(CustomerGroup, CustomerGroup.id == CustomerGroupMember.group_id)
    .where(CustomerGroupMember.customer_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(CustomerGroupMember.customer_id, CustomerGroup.slug)
)
_IN_GROUP = (
    select(CustomerGroupMember.customer_id)
    .join(CustomerGroup, CustomerGroup.id == CustomerGroupMember.group_id)
    .where(CustomerGroup.slug == bindparam("group"))
)
# What is exact is found by an index of its own; a part of a name or address by trigrams.
_FOUND = or_(
    _C.email == bindparam("lower"),
    func.phone_key(_C.phone) == func.phone_key(bindparam("phone", type_=Text)),
    _C.searched.like(func.search_plain(bindparam("part", type_=Text))),
)
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """`search` is a part of name, e-mail, company or tax id (three letters at least; accents and capitals do not
    matter), a whole e-mail, or a phone however it is written; `group` is a slug; `metafields` are
    values that theirs contain (`contained`).
    """

    search: str | None = None
    group: str | None = None
    metafields: Mapping[str, Any] | None = None


async def customers_page(
    connection: AsyncConnection, columns: tuple[str, ...], wanted: Window, where: CustomerFilter
) -> Page:
    """Customers, newest first: `columns`, then the time that the page is sorted by. Raises Invalid for the search."""
    values: dict[str, Any] = {"size": wanted.size + 1}
    search = (where.search or "").strip()
    if search:
        values |= _search_values(search)
    if where.group is not None:
        values["group"] = "" if text_problem(where.group) else where.group
    if where.metafields:
        values[CONTAINED] = where.metafields
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _page(columns, bool(search), where.group is not None, bool(where.metafields), wanted.place is not None)
    return page_of((await connection.execute(statement, values)).all(), wanted)


@lru_cache(maxsize=128)
def _page(columns: tuple[str, ...], search: bool, group: bool, metafields: bool, placed: bool) -> AnySelect:
    rows = select(*(_C[name] for name in columns), _C.created_at.label("sorted_by"))
    if group:
        rows = rows.where(_C.id.in_(_IN_GROUP))
    if metafields:
        rows = rows.where(contains(Owner.CUSTOMER))
    if placed:
        place = bindparam("place_value", type_=_C.created_at.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(_C.created_at, _C.id, *place, ascending=False))
    if not search and not metafields:
        return rows.order_by(_C.created_at.desc(), _C.id.desc()).limit(bindparam("size"))
    found = (rows.where(_FOUND) if search else rows).offset(literal_column("0")).subquery()  # found first, sorted then
    return select(*found.c).order_by(found.c.sorted_by.desc(), found.c.id.desc()).limit(bindparam("size"))


def _search_values(text: str) -> dict[str, Any]:
    if len(text) > MAX_SEARCH:
        raise invalid(("filter", "search"), "OUT_OF_RANGE", f"Search for at most {MAX_SEARCH} characters.")
    if problem := text_problem(text):
        raise invalid(("filter", "search"), "NOT_A_TEXT", problem)
    pattern = like_pattern(text) if len(text) >= _SHORTEST_PART else None
    return {"lower": text.lower(), "phone": text if PHONE.fullmatch(text) else None, "part": pattern}


async def all_groups(connection: AsyncConnection) -> Rows:
    """All groups of customers, by slug."""
    return (await connection.execute(_GROUPS)).all()


async def group_by_slug(connection: AsyncConnection, slug: str) -> Rows:
    return (await connection.execute(_GROUPS.where(CustomerGroup.slug == bindparam("slug")), {"slug": slug})).all()


async def groups_of_customers(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """(customer_id, then the group's columns), by slug."""
    return (await connection.execute(_GROUPS_OF, {"ids": list(ids)})).all()
