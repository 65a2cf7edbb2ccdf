"""People are sent a link by which they set a password; who is nobody is sent nothing (spec SEC-2)."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.access.mail_tokens import MOST_AN_HOUR
from domain.access.models import User
from domain.access.reset_password import (
    MAIL_PERSON,
    ResetPassword,
    ask_invitation,
    ask_reset,
    reset_password,
)
from domain.kernel.clock import utc_now
from domain.kernel.outbox import DeadLetter, OutboxRow
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.runtime import Runtime
from tests.domain.access.people import cheap, make_person
from tests.jobs.engine_room import work_it
from tests.jobs.handlers.test_mail import COPIED, Sink, content, mailing, sink
from tests.support.builders import OPERATOR

pytestmark = pytest.mark.spec("SEC-2")

__all__ = ["mailing", "sink"]

NEW = "another pony battery staple"
LINK = re.compile(r"^http://127\.0\.0\.1:8000/(reset-password|welcome)#token=(omnit_[\w-]{43})\r?$", re.MULTILINE)


async def person(runtime: Runtime, *, invited: bool = False) -> User:
    async with runtime.database.begin() as session:
        user = await make_person(session, password=None) if invited else await make_person(session)
        if invited:
            await ask_invitation(session, OPERATOR, user.id)
        else:
            await ask_reset(session, user.email)
        return user


async def rows(runtime: Runtime) -> list[OutboxRow]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(OutboxRow).where(OutboxRow.consumer == MAIL_PERSON)))


def link(sink: Sink, place: int = -1) -> tuple[str, str]:
    found = LINK.search(content(sink.mails[place]).get_content())
    assert found is not None
    return found[1], found[2]


async def test_the_link_of_the_mail_sets_the_password(mailing: Runtime, sink: Sink) -> None:
    user = await person(mailing)
    await work_it(mailing, MAIL_PERSON)
    [envelope] = sink.mails
    assert envelope.rcpt_tos == [user.email]
    assert "Dear Ana Pop," in content(envelope).get_content() and "$" not in content(envelope).get_content()
    page, token = link(sink)
    assert page == "reset-password"
    await reset_password(mailing.database, cheap(), ResetPassword(token=token, password=NEW))
    assert await rows(mailing) == []


async def test_who_is_invited_is_told_by_whom(mailing: Runtime, sink: Sink) -> None:
    await person(mailing, invited=True)
    await work_it(mailing, MAIL_PERSON)
    page, token = link(sink)
    text = content(sink.mails[0]).get_content()
    assert page == "welcome" and f"{OPERATOR.label} has made an account" in text
    await reset_password(mailing.database, cheap(), ResetPassword(token=token, password=NEW))


async def test_no_token_stands_in_the_outbox(mailing: Runtime, sink: Sink) -> None:
    sink.answer = "451 later"
    await person(mailing)
    await work_it(mailing, MAIL_PERSON)
    [row] = await rows(mailing)
    assert row.attempts == 1 and "omnit_" not in str([row.payload, row.aggregate])


async def test_nobody_the_disabled_and_who_has_set_one_meanwhile_are_sent_nothing(mailing: Runtime, sink: Sink) -> None:
    disabled = await person(mailing)
    invited = await person(mailing, invited=True)
    async with mailing.database.begin() as session:
        await ask_reset(session, "nobody@shop.example")
        await session.execute(update(User).where(User.id == disabled.id).values(disabled_at=utc_now()))
        await session.execute(update(User).where(User.id == invited.id).values(password_hash="x"))
    await work_it(mailing, MAIL_PERSON)
    assert (sink.mails, await rows(mailing)) == ([], [])


async def test_what_was_asked_for_long_ago_is_not_sent(mailing: Runtime, sink: Sink) -> None:
    await person(mailing)
    [row] = await rows(mailing)
    then = (utc_now() - timedelta(hours=2)).isoformat()
    async with mailing.database.begin() as session:
        await session.execute(update(OutboxRow).values(payload={**row.payload, "asked_at": then}))
    await work_it(mailing, MAIL_PERSON)
    assert (sink.mails, await rows(mailing)) == ([], [])


async def test_a_worker_that_died_after_sending_sends_a_copy_and_both_links_are_good(
    mailing: Runtime, sink: Sink
) -> None:
    await person(mailing)
    [row] = await rows(mailing)
    await work_it(mailing, MAIL_PERSON)
    async with mailing.database.begin() as session:
        session.add(OutboxRow(id=row.id, **{name: getattr(row, name) for name in COPIED}))
    await asyncio.to_thread(carry_out, mailing, CONSUMERS, MAIL_PERSON, [row.id])
    first, second = (content(mail)["Message-ID"] for mail in sink.mails)
    assert first == second
    _, token = link(sink, 0)
    assert token != link(sink, 1)[1]
    await reset_password(mailing.database, cheap(), ResetPassword(token=token, password=NEW))


async def test_one_person_is_not_sent_more_than_some_an_hour(mailing: Runtime, sink: Sink) -> None:
    user = await person(mailing)
    for _ in range(MOST_AN_HOUR + 2):
        await work_it(mailing, MAIL_PERSON)
        async with mailing.database.begin() as session:
            await ask_reset(session, user.email)
    assert len(sink.mails) == MOST_AN_HOUR


async def test_without_a_mail_server_it_is_kept_for_whoever_runs_this(runtime: Runtime) -> None:
    await person(runtime, invited=True)
    await work_it(runtime, MAIL_PERSON)
    async with runtime.database.begin() as session:
        [letter] = await session.scalars(select(DeadLetter))
    assert letter.consumer == MAIL_PERSON and "OMNISALES_SMTP_URL" in letter.error
