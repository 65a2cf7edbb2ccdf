"""A rejected order's customer is told by mail, once; or a person reads that they were not (spec APR-3, AUT-2)."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from sqlalchemy import delete, select, update

from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.approval.decide import AskAgain, Decide, ask_again, reject_order
from domain.kernel.outbox import DeadLetter, OutboxRow, revive
from domain.kernel.smtp import SmtpServer
from domain.orders.models import HistoryEntry, Order
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.mail.letters import Letter
from jobs.mail.server import compose, deliver
from jobs.runtime import Runtime
from omnisales_sdk import TryLater
from tests.jobs.engine_room import work_it
from tests.support.approvals import make_rule
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order

pytestmark = [pytest.mark.spec("APR-3"), pytest.mark.spec("AUT-2")]

COPIED = ("consumer", "aggregate", "payload", "correlation_id", "coalesce", "created_at", "not_before")


class Sink:
    """A mail server that keeps what it is given, or answers as it is told."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.answer: str | None = None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer is not None:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


@contextmanager
def running(sink: Sink, **options: Any) -> Iterator[SmtpServer]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield SmtpServer("smtp", "127.0.0.1", port)
    finally:
        controller.stop()


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def mailing(runtime: Runtime, sink: Sink) -> Iterator[Runtime]:
    """A runtime with a mail server."""
    with running(sink) as server:
        yield replace(runtime, settings=replace(runtime.settings, smtp=server, mail_from="Shop <shop@example.com>"))


async def rejected(runtime: Runtime, reason: str = "the credit is used up", **customer: Any) -> UUID:
    """An order that was rejected, with the work that follows."""
    async with runtime.database.begin() as session:
        await make_rule(session)
        buyer = await make_customer(session, **{"name": "Ana Pop", "email": "ana@example.com", **customer})
        order = await make_order(session, customer=buyer, channel=await make_channel(session, connector="manual"))
        await reject_order(session, OPERATOR, Decide(order_id=order.id, expected_version=1, words=reason))
    await work_it(runtime, "react")
    return order.id


async def told(runtime: Runtime, order_id: UUID) -> list[HistoryEntry]:
    async with runtime.database.begin() as session:
        kinds = ("customer_told", "customer_not_told")
        query = select(HistoryEntry).where(HistoryEntry.order_id == order_id, HistoryEntry.kind.in_(kinds))
        return list(await session.scalars(query.order_by(HistoryEntry.seq)))


async def waiting(runtime: Runtime) -> list[OutboxRow]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "mail")))


def content(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


async def test_the_customer_of_a_rejected_order_is_told_its_number_and_the_reason(mailing: Runtime, sink: Sink) -> None:
    order_id = await rejected(mailing, "the credit is used up: ă")
    await work_it(mailing, "mail")
    [envelope] = sink.mails
    mail = content(envelope)
    async with mailing.database.begin() as session:
        order = await session.get_one(Order, order_id)
    assert envelope.rcpt_tos == ["ana@example.com"]
    assert (mail["From"], mail["Subject"]) == ("Shop <shop@example.com>", f"Your order {order.number} was not accepted")
    text = mail.get_content()
    assert "Dear Ana Pop," in text and "The reason: the credit is used up: ă" in text and "$" not in text
    [entry] = await told(mailing, order_id)
    assert (entry.kind, entry.data["to"], await waiting(mailing)) == ("customer_told", "ana@example.com", [])


async def test_work_that_is_handed_out_twice_sends_one_mail(mailing: Runtime, sink: Sink) -> None:
    order_id = await rejected(mailing)
    [row] = await waiting(mailing)
    await work_it(mailing, "mail")
    await asyncio.to_thread(carry_out, mailing, CONSUMERS, "mail", [row.id])
    async with mailing.database.begin() as session:
        session.add(OutboxRow(**{name: getattr(row, name) for name in COPIED}))
    await work_it(mailing, "mail")
    assert len(sink.mails) == 1
    assert [entry.kind for entry in await told(mailing, order_id)] == ["customer_told"]


async def test_a_worker_that_died_after_sending_repeats_the_same_message(mailing: Runtime, sink: Sink) -> None:
    """The row is still there: it is done again, and the copy is known by its Message-ID."""
    await rejected(mailing)
    [row] = await waiting(mailing)
    ids = []
    for _ in range(2):
        await work_it(mailing, "mail")
        ids.append(content(sink.mails[-1])["Message-ID"])
        async with mailing.database.begin() as session:
            await session.execute(delete(HistoryEntry).where(HistoryEntry.kind == "customer_told"))
            session.add(OutboxRow(id=row.id, **{name: getattr(row, name) for name in COPIED}))
    assert len(sink.mails) == 2
    assert ids[0] == ids[1]


async def test_who_was_asked_about_again_is_not_told_no(mailing: Runtime, sink: Sink) -> None:
    order_id = await rejected(mailing)
    async with mailing.database.begin() as session:
        await ask_again(session, OPERATOR, AskAgain(order_id=order_id))
    await work_it(mailing, "mail")
    assert (sink.mails, await told(mailing, order_id), await waiting(mailing)) == ([], [], [])


async def not_told(runtime: Runtime, order_id: UUID) -> str:
    """Why the customer was not told, as a person reads it in the diary and in history; the letter is kept."""
    [entry] = await told(runtime, order_id)
    async with runtime.database.begin() as session:
        [noted] = await session.scalars(select(DiaryEntry).where(DiaryEntry.order_id == order_id))
        [letter] = await session.scalars(select(DeadLetter))
    assert (entry.kind, letter.consumer, noted.state) == ("customer_not_told", "mail", DiaryState.OPEN)
    assert entry.reason is not None and entry.reason in noted.message and noted.remedy
    assert await waiting(runtime) == []
    return entry.reason


async def test_without_a_mail_server_a_person_reads_it(runtime: Runtime) -> None:
    order_id = await rejected(runtime)
    await work_it(runtime, "mail")
    assert "OMNISALES_SMTP_URL" in await not_told(runtime, order_id)


@pytest.mark.parametrize("email", [None, "no address", "a@b.ro, c@d.ro", "ana@exam ple.com", "ana@x\r\nBcc: eve@x"])
async def test_who_has_no_address_is_not_told(mailing: Runtime, sink: Sink, email: str | None) -> None:
    order_id = await rejected(mailing, email=email)
    await work_it(mailing, "mail")
    assert "e-mail address" in await not_told(mailing, order_id)
    assert sink.mails == []


async def test_a_refused_recipient_is_a_persons_and_is_told_when_revived(mailing: Runtime, sink: Sink) -> None:
    sink.answer = "550 no such box"
    order_id = await rejected(mailing)
    await work_it(mailing, "mail")
    assert "550 no such box" in await not_told(mailing, order_id)
    sink.answer = None
    async with mailing.database.begin() as session:
        [letter] = await session.scalars(select(DeadLetter))
        await revive(session, [letter.id])
    await work_it(mailing, "mail")
    assert [entry.kind for entry in await told(mailing, order_id)] == ["customer_not_told", "customer_told"]
    async with mailing.database.begin() as session:
        [noted] = await session.scalars(select(DiaryEntry).where(DiaryEntry.order_id == order_id))
    assert noted.state is DiaryState.RESOLVED


async def test_a_server_that_asks_to_wait_is_asked_again_and_then_given_up(mailing: Runtime, sink: Sink) -> None:
    sink.answer = "451 later"
    order_id = await rejected(mailing)
    await work_it(mailing, "mail")
    [row] = await waiting(mailing)
    assert (row.attempts, await told(mailing, order_id)) == (1, [])
    async with mailing.database.begin() as session:
        await session.execute(update(OutboxRow).values(attempts=CONSUMERS["mail"].attempts - 1))
    await work_it(mailing, "mail")
    assert "451 later" in await not_told(mailing, order_id)


LETTER = Letter(about="x", to="ana@example.com", subject="Hello", body="You.")


def test_a_server_that_is_away_or_has_no_tls_is_tried_again(sink: Sink) -> None:
    message = compose(LETTER, "shop@example.com", "<1@example.com>")
    with running(sink) as server, pytest.raises(TryLater):
        deliver(replace(server, security="smtp+starttls"), message)
    with pytest.raises(TryLater, match="cannot be reached"):
        deliver(server, message)
    assert sink.mails == []


def test_we_log_in_where_a_user_is_named(sink: Sink) -> None:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    message = compose(LETTER, "shop@example.com", "<1@example.com>")
    with running(sink, authenticator=check, auth_require_tls=False) as server:
        deliver(replace(server, user="me", password="right"), message)
        with pytest.raises(TryLater, match="user and password"):
            deliver(replace(server, user="me", password="wrong"), message)
    assert len(sink.mails) == 1
