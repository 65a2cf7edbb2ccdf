"""Each look-up of the search box goes by an index: an expression that misses its index reads every order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reads.search import found_orders, search_problem, search_values

pytestmark = pytest.mark.spec("ORD-6")

INDEXES = (
    "ix_orders_external_number",
    "ix_orders_external",
    "ix_orders_ticket",
    "ix_orders_shipping_phone_key",
    "ix_orders_billing_phone_key",
    "ix_orders_words",
    "ix_customers_email",
    "ix_customers_phone_key",
    "ix_customers_searched",
    "ix_order_lines_sku",
    "ix_order_lines_words",
    "ix_order_notes_words",
)


async def test_every_look_up_has_its_index(session: AsyncSession) -> None:
    await session.execute(
        text(
            "insert into customers (id, name, email, created_at, updated_at) select gen_random_uuid(), 'Buyer ' || n, "
            "md5(n::text) || '@example.ro', now(), now() from generate_series(1, 3000) n"
        )
    )
    await session.execute(text("select gin_clean_pending_list('ix_customers_searched')"))
    await session.execute(text("analyze customers"))
    # Of an empty table every plan is cheap: reading it whole is forbidden, so that only a usable index is chosen.
    await session.execute(text("set local enable_seqscan = off"))
    await session.execute(text("set local enable_indexscan = off"))
    used: set[str] = set()
    for wanted in ("mar", "0722000111"):
        searched = found_orders().params(**search_values(wanted))
        dialect = (await session.connection()).dialect
        statement = str(searched.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace(":", r"\:")
        plan = [line for (line,) in await session.execute(text("explain " + statement))]
        used |= {line.split(" on ")[1].split()[0] for line in plan if "Bitmap Index Scan" in line}
    assert set(INDEXES) <= used


@given(wanted=st.text(max_size=200))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_typed_is_a_question_that_can_be_asked(session: AsyncSession, wanted: str) -> None:
    """Signs of the query language, spaces and letters of all the world: none makes a statement that fails."""
    if wanted.strip() and search_problem(wanted) is None:
        await session.execute(found_orders(), search_values(wanted))


@pytest.mark.parametrize(
    ("wanted", "code"), [("x" * 201, "OUT_OF_RANGE"), ("a\x00b", "NOT_A_TEXT"), ("a\nb", "NOT_A_TEXT"), (" a\n", None)]
)
def test_what_cannot_be_searched_for(wanted: str, code: str | None) -> None:
    problem = search_problem(wanted)
    assert (problem.code if problem else None) == code
