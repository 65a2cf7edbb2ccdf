"""A database that does not answer in time, as those see it who ask."""

from sqlalchemy import text

from domain.kernel.database import Database
from tests.api.conftest import running


async def test_a_question_that_waits_for_a_lock_is_refused_and_the_caller_may_come_again(database: Database) -> None:
    async with running(database, read_timeout_ms=200) as api:
        await api.data("{ __typename }")
        async with database.begin() as session:
            await session.execute(text("lock table order_lines in access exclusive mode"))
            refused = await api.ask('{ orders(filter: {sku: ["A"]}) { edges { cursor } } }')
            assert refused.json()["errors"][0]["extensions"]["code"] == "TIME_LIMIT"
        assert (await api.data('{ orders(filter: {sku: ["A"]}) { edges { cursor } } }'))["orders"] == {"edges": []}


async def test_when_not_even_the_key_is_found_in_time_the_answer_is_503(database: Database) -> None:
    async with running(database, read_timeout_ms=200) as api:
        async with database.begin() as session:
            await session.execute(text("lock table api_keys in access exclusive mode"))
            answer = await api.ask("{ __typename }")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json()["code"] == "UNAVAILABLE"
