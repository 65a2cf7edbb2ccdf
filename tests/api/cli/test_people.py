"""`omnisales people`, run as an operator runs it."""

import pytest
from sqlalchemy import select

from domain.access.manage_factor import begin_factor
from domain.access.models import SecondFactor
from domain.access.reset_password import ResetPassword, reset_password
from domain.audit.models import AuditEntry
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from tests.api.cli.test_audit_and_replay import omnisales
from tests.domain.access.people import PASSWORD, VAULT, cheap, make_person

pytestmark = pytest.mark.spec("SEC-2")


async def test_a_printed_link_sets_the_password(database: Database) -> None:
    async with database.begin() as session:
        user = await make_person(session)
    done = omnisales(
        "people",
        "reset-link",
        user.email.upper(),
        DATABASE_URL=database.url,
        OMNISALES_DESK_URL="https://desk.example/",
    )
    assert done.returncode == 0, done.stderr
    page, _, token = done.stdout.strip().partition("#token=")
    assert page == "https://desk.example/reset-password"
    await reset_password(database, cheap(), ResetPassword(token=token, password="another pony battery staple"))
    async with database.begin() as session:
        assert "person.reset_link" in (await session.scalars(select(AuditEntry.action))).all()
    unknown = omnisales("people", "reset-link", "nobody@shop.example", DATABASE_URL=database.url)
    assert unknown.returncode == 2 and "Nobody has the address" in unknown.stderr


async def test_a_lost_second_factor_is_taken_away(database: Database) -> None:
    async with database.begin() as session:
        user = await make_person(session)
    await begin_factor(database, Actor(ActorKind.PERSON, user.name, user.id), cheap(), VAULT, PASSWORD)
    async with database.begin() as session:
        (await session.get_one(SecondFactor, user.id)).confirmed_at = utc_now()
    for words in ("is gone", "have none"):
        done = omnisales("people", "second-factor-remove", user.email, DATABASE_URL=database.url)
        assert done.returncode == 0 and words in done.stdout, done.stderr
    async with database.begin() as session:
        assert await session.get(SecondFactor, user.id) is None
