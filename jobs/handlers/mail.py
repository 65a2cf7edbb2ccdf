"""Telling a customer something by mail (spec AUT-2).

At least once: a worker that dies between the server's yes and our commit sends again, with the same Message-ID (that of
the outbox row), by which mail programs recognise the copy. Of one occasion no second letter is begun once history says
that the first was sent. Where the customer cannot be told, the order's history and the diary say so, and why.
"""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.entries import Note, open_standing, resolve_standing
from domain.diary.models import Direction
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.kernel.hidden import without_secrets
from domain.kernel.outbox import DeadLetter
from domain.orders.history import record
from domain.orders.models import HistoryEntry, Order
from domain.orders.queries import order_for_update
from jobs.mail.letters import WRITERS, Letter
from jobs.mail.server import compose, deliver
from jobs.runtime import Runtime
from jobs.work import Work, finishing
from omnisales_sdk import NeedsHuman

TOLD, NOT_TOLD = "customer_told", "customer_not_told"
NO_SERVER = "No mail server is set up (OMNISALES_SMTP_URL)."
REMEDY = "Tell the customer yourself. Whoever runs this can have it sent again (dead letters)."


def send(runtime: Runtime, work: Work) -> None:
    """Sends the letter that the row names, unless it was sent or is out of date."""
    letter = runtime.run(_write(runtime, work))
    if letter is None:
        runtime.run(_end(runtime, work))
        return
    server, sender = runtime.settings.smtp, runtime.settings.mail_from
    if server is None or sender is None:
        raise NeedsHuman("mail:no_server", NO_SERVER, remedy=REMEDY)
    deliver(server, compose(letter, sender, _message_id(work, sender)))
    runtime.run(_told(runtime, work, letter))


def _message_id(work: Work, sender: str) -> str:
    domain = sender.rpartition("@")[2].rstrip("> ")
    return f"<{work.payload['letter']}.{work.payload['order_id']}.{work.id}@{domain}>"


async def _write(runtime: Runtime, work: Work) -> Letter | None:
    async with runtime.database.begin() as session:
        order = await session.get_one(Order, work.id_of("order_id"))
        letter = await WRITERS[work.payload["letter"]](session, order)
        if letter is None or await _is_told(session, order.id, letter.about):
            return None
        return letter


async def _is_told(session: AsyncSession, order_id: UUID, about: str) -> bool:
    said = select(1).where(
        HistoryEntry.order_id == order_id, HistoryEntry.kind == TOLD, HistoryEntry.data["about"].astext == about
    )
    return bool(await session.scalar(select(exists(said))))


async def _told(runtime: Runtime, work: Work, letter: Letter) -> None:
    async with finishing(runtime, work) as session:
        order = await order_for_update(session, work.id_of("order_id"))
        data = {"by": "mail", "to": letter.to, "subject": letter.subject, "about": letter.about}
        await record(session, order, TOLD, SYSTEM, data)
        await resolve_standing(session, order.channel_id, [_cause(order)], order.external_id)


async def _end(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work):
        pass


async def gave_up(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    """A person reads that the customer knows nothing; the letter is kept, so that it can be sent after all."""
    said = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
    words = without_secrets(said, runtime.settings.secrets())
    order = await order_for_update(session, work.id_of("order_id"))
    await record(session, order, NOT_TOLD, SYSTEM, {"by": "mail", "letter": work.payload["letter"]}, words)
    await open_standing(
        session,
        Note(
            channel_id=order.channel_id,
            cause=_cause(order),
            message=f"The customer of order {order.number} was not told ({work.payload['letter']}). {words}",
            remedy=error.remedy if isinstance(error, NeedsHuman) else REMEDY,
            direction=Direction.OUT,
            external_id=order.external_id,
            order_id=order.id,
        ),
    )
    now = utc_now()
    session.add(
        DeadLetter(
            id=work.id,
            consumer=work.consumer,
            aggregate=work.aggregate,
            payload=dict(work.payload),
            correlation_id=work.correlation_id,
            created_at=now,
            died_at=now,
            attempts=work.attempts + 1,
            error=words,
        )
    )


def _cause(order: Order) -> str:
    return f"mail:{order.number}"
