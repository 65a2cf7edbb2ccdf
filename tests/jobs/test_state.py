"""A connector's memory and locks, as the contract promises them, over several workers."""

import asyncio

import pytest
from sqlalchemy import select

from domain.kernel.connector_state import ConnectorState
from domain.kernel.ids import new_id
from jobs.runtime import Runtime
from jobs.state import AccountLocks, DatabaseState
from omnisales_sdk import TryLater


async def test_a_value_is_there_again_and_can_be_removed(runtime: Runtime) -> None:
    state = DatabaseState(runtime, new_id())

    def hook() -> list[object]:
        return [
            state.get("cursor"),
            state.set("cursor", "a", expected=None),
            state.get("cursor"),
            state.set("cursor", "b", expected="a"),
            state.get("cursor"),
            state.set("cursor", None, expected="b"),
            state.get("cursor"),
        ]

    assert await asyncio.to_thread(hook) == [None, True, "a", True, "b", True, None]
    async with runtime.database.begin() as session:
        assert list(await session.scalars(select(ConnectorState))) == []


@pytest.mark.parametrize("secret", [False, True])
async def test_only_who_knows_the_current_value_changes_it(runtime: Runtime, secret: bool) -> None:
    account = new_id()
    states = [DatabaseState(runtime, account) for _ in range(8)]

    def hook(state: DatabaseState, value: str) -> bool:
        return state.set("token", value, expected=None, secret=secret)

    won = await asyncio.gather(*(asyncio.to_thread(hook, one, f"v{number}") for number, one in enumerate(states)))
    assert sum(won) == 1
    kept = await asyncio.to_thread(states[0].get, "token", secret=secret)
    assert kept == f"v{won.index(True)}"
    assert not await asyncio.to_thread(states[0].set, "token", "w", expected="other", secret=secret)


async def test_a_secret_is_sealed_and_a_value_of_its_own(runtime: Runtime) -> None:
    state = DatabaseState(runtime, new_id())

    def hook() -> tuple[str | None, str | None, str | None]:
        state.set("token", "plain", expected=None)
        state.set("token", "hidden words", expected=None, secret=True)
        state.set("token", None, expected="plain")
        return state.get("token"), state.get("token", secret=True), state.get("other", secret=True)

    assert await asyncio.to_thread(hook) == (None, "hidden words", None)
    async with runtime.database.begin() as session:
        [row] = await session.scalars(select(ConnectorState))
    assert row.value is None
    assert row.sealed is not None
    assert b"hidden" not in row.sealed


async def test_accounts_do_not_see_each_other(runtime: Runtime) -> None:
    one, other = DatabaseState(runtime, new_id()), DatabaseState(runtime, new_id())
    await asyncio.to_thread(one.set, "cursor", "a", expected=None)
    assert await asyncio.to_thread(other.get, "cursor") is None


async def test_a_lock_is_exclusive_and_trying_in_vain_is_for_later(runtime: Runtime) -> None:
    account = new_id()
    locks = AccountLocks(runtime, account, wait=0.1)
    seen: list[str] = []

    def hook() -> None:
        with locks("tokens"):
            try:
                with locks("tokens"):
                    seen.append("both")
            except TryLater as later:
                seen.append(later.message)
            with AccountLocks(runtime, new_id(), wait=0.1)("tokens"):
                seen.append("another account")
        with locks("tokens"):
            seen.append("again")

    await asyncio.to_thread(hook)
    assert seen == [f"the lock 'account:{account}:tokens' is taken", "another account", "again"]
