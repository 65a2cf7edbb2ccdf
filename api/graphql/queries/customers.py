"""Reading customers and their groups."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts.people import customer_group, customers_by_key, make_customers
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.customer import (
    CUSTOMER,
    Customer,
    CustomerConnection,
    CustomerEdge,
    CustomerFilter,
    CustomerGroup,
)
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.metafields.models import Owner
from domain.reads import customer_rows, keyset
from domain.reads.metafield_rows import contained
from domain.reads.order_rows import customers_by_email


async def _customers(info: Info, email: str) -> list[Customer]:
    asked = selected(info)
    plan = CUSTOMER.select(asked)
    async with info.context.read() as connection:
        rows = await customers_by_email(connection, plan.columns, email.strip().lower())
        return await make_customers(connection, rows, asked)


async def _customer(info: Info, id: strawberry.ID) -> Customer | None:
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        return (await customers_by_key(connection, [key], selected(info))).get(key)


async def _customer_list(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: CustomerFilter | None = None
) -> CustomerConnection:
    window = keyset.window(customer_rows.NEWEST, first=first, after=after, last=None, before=None)
    inside = below(selected(info), "edges", "node")
    asked = filter or CustomerFilter()
    async with info.context.read() as connection:
        given = [one.sent() for one in asked.metafields or ()]
        metafields = await contained(connection, Owner.CUSTOMER, given) if given else None
        where = customer_rows.CustomerFilter(search=asked.search, group=asked.group, metafields=metafields)
        page = await customer_rows.customers_page(connection, CUSTOMER.select(inside).columns, window, where)
        nodes = await make_customers(connection, page.rows, inside)
    cursors = [keyset.encode(customer_rows.NEWEST, row[-1], row[0]) for row in page.rows]
    return CustomerConnection(
        edges=[CustomerEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _groups(info: Info) -> list[CustomerGroup]:
    async with info.context.read() as connection:
        return [customer_group(row) for row in await customer_rows.all_groups(connection)]


_customers_field = root(
    _customers,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    size=3,
    description="The customers who have this e-mail address, oldest first, at most 50; two or more can be merged.",
)
_customer_field = root(
    _customer, rows=Rows.SCOPED, permission=Permission.ORDERS_VIEW, description="One customer; null if there is none."
)
_customer_list_field = root(
    _customer_list,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description="Customers, newest first; 1 to 200 at a time.",
)
_groups_field = root(
    _groups,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    size=20,
    description="All groups of customers, by slug; at most 1,000.",
)


@strawberry.type
class CustomersQueries:
    customers: list[Customer] = _customers_field
    customer: Customer | None = _customer_field
    customer_list: CustomerConnection = _customer_list_field
    customer_groups: list[CustomerGroup] = _groups_field
