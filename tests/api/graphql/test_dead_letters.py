"""Work that was given up is shown, and put back to work by a person."""

from typing import Any

import pytest
from sqlalchemy import select

from domain.kernel.clock import utc_now
from domain.kernel.outbox import DeadLetter, OutboxRow
from tests.api.cli.test_audit_and_replay import omnisales
from tests.api.conftest import Api

pytestmark = pytest.mark.spec("SYN-3")

PAGE = """query ($first: Int, $after: String) { deadLetters(first: $first, after: $after) {
    edges { cursor node { id consumer aggregate error attempts correlationId createdAt diedAt } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
REVIVE = """mutation ($input: DeadLetterReviveInput!) { deadLetterRevive(input: $input) {
    __typename ... on DeadLettersRevived { count } ... on Refusal { code path } } }"""


async def bury(api: Api, *ids: int) -> None:
    async with api.database.begin() as session:
        session.add_all(
            DeadLetter(
                id=one,
                consumer="fetch_label",
                aggregate=f"shipment:{one}",
                payload={"shipment_id": str(one)},
                correlation_id=f"call-{one}",
                created_at=utc_now(),
                died_at=utc_now(),
                attempts=20,
                error="RuntimeError: no [label]",
            )
            for one in ids
        )


async def page(api: Api, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    found = (await api.data(PAGE, variables))["deadLetters"]
    return [edge["node"]["id"] for edge in found["edges"]], found["pageInfo"]


async def revive(api: Api, **what: Any) -> Any:
    return (await api.data(REVIVE, {"input": what}))["deadLetterRevive"]


async def work(api: Api) -> list[str]:
    async with api.database.begin() as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.consumer == "fetch_label").order_by(OutboxRow.id)
        )
        return [str(row.correlation_id) for row in rows]


async def test_they_are_paged_newest_first(api: Api) -> None:
    assert await page(api) == ([], {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None})
    await bury(api, *range(1, 6))
    first, info = await page(api, first=2)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["5", "4"], True, False)
    second, info = await page(api, first=3, after=info["endCursor"])
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (["3", "2", "1"], False, True)
    [edge] = (await api.data(PAGE, {"first": 1}))["deadLetters"]["edges"]
    assert edge["node"]["error"] == "RuntimeError: no [label]"
    assert (edge["node"]["aggregate"], edge["node"]["attempts"]) == ("shipment:5", 20)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"first": 0}, "INVALID"),
        ({"first": 201}, "INVALID"),
        ({"after": "x"}, "INVALID"),
        ({"after": "9" * 30}, "INVALID"),
        ({"after": ""}, "INVALID"),
    ],
)
async def test_a_page_that_cannot_be(shared_api: Api, asked: dict[str, Any], code: str) -> None:
    answer = await shared_api.ask(PAGE, asked)
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_they_are_put_back_to_work_once(api: Api) -> None:
    await bury(api, 1, 2, 3)
    assert await revive(api, ids=["2", "2", "77"]) == {"__typename": "DeadLettersRevived", "count": 1}
    assert await revive(api, ids=["2"]) == {"__typename": "DeadLettersRevived", "count": 0}
    assert await work(api) == ["call-2"]
    assert await revive(api, all=True) == {"__typename": "DeadLettersRevived", "count": 2}
    assert await revive(api, all=True) == {"__typename": "DeadLettersRevived", "count": 0}
    assert await work(api) == ["call-2", "call-1", "call-3"]
    assert (await page(api))[0] == []


async def test_what_is_asked_wrongly_changes_nothing(api: Api) -> None:
    await bury(api, 1)
    for what in ({}, {"ids": []}, {"ids": ["1"], "all": True}, {"all": False}, {"ids": ["1"] * 1_001}):
        assert (await revive(api, **what))["code"] == "INVALID", what
    for odd in ("x", "", "-1", "1" * 30, "١"):
        assert await revive(api, ids=["1", odd]) == {"__typename": "NotFound", "code": "NOT_FOUND", "path": ["ids"]}
    assert (await page(api))[0] == ["1"]
    assert await work(api) == []


async def test_the_command_line_does_the_same(api: Api) -> None:
    url = api.database.url
    assert omnisales("dead-letters", DATABASE_URL=url).stdout == "There are no dead letters.\n"
    await bury(api, 1, 2)
    shown = omnisales("dead-letters", DATABASE_URL=url).stdout
    assert "RuntimeError: no [label]" in shown
    assert "shipment:2" in shown
    assert omnisales("dead-letters", "--revive", "2", DATABASE_URL=url).stdout == "1 put back to work.\n"
    refused = omnisales("dead-letters", "--revive", "two", DATABASE_URL=url)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'two' is no id of a dead letter" in refused.stderr
    assert omnisales("dead-letters", "--revive-all", DATABASE_URL=url).stdout == "1 put back to work.\n"
    assert await work(api) == ["call-2", "call-1"]
