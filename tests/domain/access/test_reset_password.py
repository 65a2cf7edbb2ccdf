"""Setting a password by a link that was sent (spec SEC-2)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.disable_user import disable_user, enable_user
from domain.access.log_in import LogInRefused, log_in
from domain.access.mail_tokens import MOST_AN_HOUR, make_token, token_owner
from domain.access.models import MailToken, TokenKind, User, UserSession
from domain.access.people_rules import Person
from domain.access.reset_password import (
    MAIL_PERSON,
    ResetPassword,
    TokenRefused,
    ask_invitation,
    ask_reset,
    reset_password,
)
from domain.access.sessions import Limits
from domain.access.set_password import SetPassword, set_password
from domain.access.update_user import UpdateUser, update_user
from domain.audit.models import AuditEntry
from domain.kernel.actor import ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import Invalid
from domain.kernel.secrets import digest
from tests.domain.access.people import PASSWORD, VAULT, attempt, cheap, make_person
from tests.support.builders import OPERATOR

pytestmark = pytest.mark.spec("SEC-2")

NEW = "another pony battery staple"


async def person_with_token(
    database: Database, kind: TokenKind = TokenKind.RESET, password: str | None = PASSWORD
) -> tuple[User, str]:
    async with database.begin() as session:
        user = await make_person(session, password=password)
        token = await make_token(session, user.id, kind, 1)
    assert token is not None
    return user, token


async def reset(database: Database, token: str, password: str = NEW) -> User:
    return await reset_password(database, cheap(), ResetPassword(token=token, password=password))


async def test_the_new_password_comes_in_and_all_that_was_open_ends(database: Database) -> None:
    user, token = await person_with_token(database)
    await log_in(database, cheap(), VAULT, Limits(), attempt(user))
    async with database.begin() as session:
        locked = {"failed_logins": 10, "lockouts": 3, "locked_until": utc_now() + timedelta(hours=1)}
        await session.execute(update(User).values(**locked))
    assert (await reset(database, token)).id == user.id
    with pytest.raises(LogInRefused):
        await log_in(database, cheap(), VAULT, Limits(), attempt(user))
    async with database.begin() as session:
        assert None not in (await session.scalars(select(UserSession.revoked_at))).all()
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "person.password_reset"))
    assert entry is not None and (entry.actor_kind, entry.actor_id) == (ActorKind.PERSON, user.id)
    assert await log_in(database, cheap(), VAULT, Limits(), attempt(user, NEW))


async def test_an_invitation_sets_the_first_password(database: Database) -> None:
    user, token = await person_with_token(database, TokenKind.INVITATION, password=None)
    await reset(database, token)
    assert await log_in(database, cheap(), VAULT, Limits(), attempt(user, NEW))


async def test_a_token_is_good_once_also_for_two_at_once(database: Database) -> None:
    _, token = await person_with_token(database)
    passwords = [f"{NEW} {number}" for number in range(4)]
    outs = await asyncio.gather(*(reset(database, token, one) for one in passwords), return_exceptions=True)
    assert sorted(type(out).__name__ for out in outs) == ["TokenRefused"] * 3 + ["User"]
    with pytest.raises(TokenRefused):
        await reset(database, token)


@pytest.mark.parametrize("token", ["", "omnit_", "omnit_" + "x" * 43, "x" * 10_000, "omni_key", "\u0000", "ț"])
async def test_what_is_no_token_is_refused(database: Database, token: str) -> None:
    with pytest.raises(TokenRefused):
        await reset(database, token)


async def test_it_ends_with_time_with_the_next_mail_with_the_person_and_with_a_password(database: Database) -> None:
    user, token = await person_with_token(database)
    async with database.begin() as session:
        await session.execute(update(MailToken).values(expires_at=utc_now()))
    with pytest.raises(TokenRefused):
        await reset(database, token)
    async with database.begin() as session:
        first = await make_token(session, user.id, TokenKind.RESET, 2)
        second = await make_token(session, user.id, TokenKind.RESET, 3)
    assert first and second
    with pytest.raises(TokenRefused):
        await reset(database, first)
    async with database.begin() as session:
        await session.execute(update(User).values(disabled_at=utc_now()))
    with pytest.raises(TokenRefused):
        await reset(database, second)
    async with database.begin() as session:
        await session.execute(update(User).values(disabled_at=None))
        await set_password(
            session, OPERATOR, cheap(), SetPassword(user_id=user.id, expected_version=user.version, password=NEW)
        )
    with pytest.raises(TokenRefused):
        await reset(database, second)


@pytest.mark.parametrize("kind", TokenKind)
async def test_a_link_to_another_address_or_of_before_one_was_sent_away_is_worth_nothing(
    session: AsyncSession, kind: TokenKind
) -> None:
    user = await make_person(session, email="typo@shop.example", password=None)

    async def link() -> str:
        token = await make_token(session, user.id, kind, None)
        assert token is not None and await token_owner(session, token) == user.id
        return token

    async def write(email: str, name: str) -> None:
        command = UpdateUser(user_id=user.id, expected_version=user.version, person=Person(email=email, name=name))
        await update_user(session, OPERATOR, command)

    token = await link()
    await write("typo@shop.example", "Another Name")
    assert await token_owner(session, token) == user.id
    await write("right@shop.example", "Another Name")
    assert await token_owner(session, token) is None
    token = await link()
    await disable_user(session, OPERATOR, user.id, user.version)
    assert await token_owner(session, token) is None
    token = await link()  # of a release that left them open
    await enable_user(session, OPERATOR, user.id, user.version)
    assert await token_owner(session, token) is None


async def test_a_reset_that_a_stranger_asks_for_does_not_end_an_invitation(session: AsyncSession) -> None:
    user = await make_person(session, password=None)
    invitation = await make_token(session, user.id, TokenKind.INVITATION, 1)
    for mail in range(2, MOST_AN_HOUR + 3):
        await make_token(session, user.id, TokenKind.RESET, mail)
    assert await token_owner(session, str(invitation)) == user.id
    assert await make_token(session, user.id, TokenKind.INVITATION, 99) is not None
    assert await token_owner(session, str(invitation)) is None


async def test_a_bad_password_uses_no_token_up(database: Database) -> None:
    _, token = await person_with_token(database)
    for bad in ("short", "password1234", "x" * 2_000):
        with pytest.raises(Invalid) as refused:
            await reset(database, token, bad)
        assert refused.value.path == ("password",)
    await reset(database, token)


async def test_only_its_hash_is_kept(session: AsyncSession) -> None:
    user = await make_person(session)
    token = await make_token(session, user.id, TokenKind.RESET, 1)
    kept = await session.scalar(select(MailToken))
    assert token is not None and kept is not None
    assert kept.token_hash == digest(token) and kept.expires_at - kept.created_at == timedelta(hours=1)


async def test_a_mail_that_is_sent_again_leaves_its_first_link_good(database: Database) -> None:
    user, first = await person_with_token(database)
    async with database.begin() as session:
        again = await make_token(session, user.id, TokenKind.RESET, 1)
    assert again not in (None, first)
    await reset(database, first)
    with pytest.raises(TokenRefused):
        await reset(database, str(again))


async def test_a_person_is_sent_only_some_an_hour(session: AsyncSession) -> None:
    user = await make_person(session)
    made = [await make_token(session, user.id, TokenKind.RESET, mail) for mail in range(1, MOST_AN_HOUR + 3)]
    assert [token is not None for token in made] == [True] * MOST_AN_HOUR + [False] * 2
    assert await make_token(session, user.id, TokenKind.RESET, None) is not None
    await session.execute(update(MailToken).values(created_at=MailToken.created_at - timedelta(hours=1)))
    assert await make_token(session, user.id, TokenKind.RESET, 99) is not None


async def asked(session: AsyncSession) -> list[OutboxRow]:
    return list(await session.scalars(select(OutboxRow).where(OutboxRow.consumer == MAIL_PERSON)))


async def test_asking_looks_nobody_up_and_is_one_piece_of_work(session: AsyncSession) -> None:
    user = await make_person(session)
    for email in (user.email.upper(), f" {user.email} ", "nobody@shop.example"):
        await ask_reset(session, email)
    assert sorted(row.payload["email"] for row in await asked(session)) == sorted([user.email, "nobody@shop.example"])
    with pytest.raises(Invalid):
        await ask_reset(session, "no address")


async def test_who_has_a_password_or_is_disabled_is_not_invited(session: AsyncSession) -> None:
    with pytest.raises(Invalid, match="have a password"):
        await ask_invitation(session, OPERATOR, (await make_person(session)).id)
    user = await make_person(session, password=None)
    await ask_invitation(session, OPERATOR, user.id)
    assert [row.payload["user_id"] for row in await asked(session)] == [str(user.id)]
    user.disabled_at = utc_now()
    await session.flush()
    with pytest.raises(Invalid, match="disabled"):
        await ask_invitation(session, OPERATOR, user.id)
