"""Each look-up of the search box goes by an index: an expression that misses its index reads every order."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reads.search import found_orders, search_problem, search_values

pytestmark = pytest.mark.spec("ORD-6")

INDEXES = (
    "ix_orders_external_number",
    "ix_orders_external",
    "ix_orders_shipping_phone",
    "ix_orders_billing_phone",
    "ix_customers_email",
    "ix_customers_phone",
    "ix_customers_email_trgm",
    "ix_customers_name_trgm",
    "ix_order_lines_sku",
)


async def test_every_look_up_has_its_index(session: AsyncSession) -> None:
    await session.execute(
        text(
            "insert into customers (id, name, email, created_at, updated_at) select gen_random_uuid(), 'Buyer ' || n, "
            "md5(n::text) || '@example.ro', now(), now() from generate_series(1, 3000) n"
        )
    )
    for index in ("ix_customers_email_trgm", "ix_customers_name_trgm"):
        await session.execute(text(f"select gin_clean_pending_list('{index}')"))
    await session.execute(text("analyze customers"))
    # Of an empty table every plan is cheap: reading it whole is forbidden, so that only a usable index is chosen.
    await session.execute(text("set local enable_seqscan = off"))
    await session.execute(text("set local enable_indexscan = off"))
    searched = found_orders().params(**search_values("mar"))
    statement = searched.compile(dialect=(await session.connection()).dialect, compile_kwargs={"literal_binds": True})
    plan = [line for (line,) in await session.execute(text("explain " + str(statement).replace(":", r"\:")))]
    used = {line.split(" on ")[1].split()[0] for line in plan if "Bitmap Index Scan" in line}
    assert set(INDEXES) <= used, "\n".join(plan)


@pytest.mark.parametrize(
    ("wanted", "code"), [("x" * 201, "OUT_OF_RANGE"), ("a\x00b", "NOT_A_TEXT"), ("a\nb", "NOT_A_TEXT"), (" a\n", None)]
)
def test_what_cannot_be_searched_for(wanted: str, code: str | None) -> None:
    problem = search_problem(wanted)
    assert (problem.code if problem else None) == code
