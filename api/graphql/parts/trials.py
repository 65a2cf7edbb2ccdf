"""Trying an account's connection, as often as a caller may."""

from collections.abc import Mapping
from typing import Any

from api.graphql.context import Context
from api.graphql.types.channel import ConnectionTest
from api.questions import RATE_LIMITED, test_connection
from api.throttle import name_of


async def tried(
    context: Context,
    *,
    key: str,
    account: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    settings_version: int,
) -> ConnectionTest:
    """What came of it; told, too, when the caller has tried too often."""
    wait = context.services.tries.take(name_of(context.actor))
    if wait:
        words = f"You tried too often: try again in {wait:.0f} seconds."
        return ConnectionTest(ok=False, code=RATE_LIMITED, message=words)
    outcome = await test_connection(
        context.services,
        key=key,
        account=account,
        settings=settings,
        credentials=credentials,
        settings_version=settings_version,
    )
    return ConnectionTest(ok=outcome.ok, code=outcome.code, message=outcome.message)
