"""Locking an account after wrong passwords: ten in a row lock it for a minute, and each lock after that for twice as
long as the one before, up to an hour (spec SEC-2).

Counted by the database in one statement, so that those who try at once are counted each. Failures during a lock are
counted too, but do not make it longer: whoever tries on cannot keep the owner out by that alone.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import DateTime, Interval, and_, case, func, literal, or_, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now

from .models import User

FAILURES = 10
FIRST_LOCK = timedelta(minutes=1)
DOUBLINGS = 6
LONGEST_LOCK = timedelta(hours=1)

_NO_WAIT = text("set local synchronous_commit = off")


async def count_failure(session: AsyncSession, user_id: UUID) -> None:
    """One more wrong password. For nobody's id, it does as much and changes nothing. A lock that begins with it is told
    in the audit log.

    The commit does not wait for the disk: that wait would tell an account from none.
    """
    now = utc_now()
    await session.execute(_NO_WAIT)
    locks = and_(User.failed_logins + 1 >= FAILURES, or_(User.locked_until.is_(None), User.locked_until <= now))
    doubled = FIRST_LOCK.total_seconds() * func.power(2, func.least(User.lockouts, DOUBLINGS))
    seconds = func.least(doubled, LONGEST_LOCK.total_seconds())
    wait = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    counted = await session.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            failed_logins=User.failed_logins + 1,
            lockouts=User.lockouts + case((locks, 1), else_=0),
            locked_until=case((locks, literal(now, DateTime(timezone=True)) + wait), else_=User.locked_until),
        )
        .returning(User.name, User.failed_logins, User.lockouts, User.locked_until),
        execution_options={"synchronize_session": False},
    )
    row = counted.first()
    if row is not None and row.lockouts and row.locked_until == now + lasts(row.lockouts):
        after = {"failed": row.failed_logins, "until": row.locked_until}
        record(session, SYSTEM, "person.locked", "person", user_id, title=row.name, after=after)


def lasts(lockouts: int) -> timedelta:
    """How long the lock of this number lasts, from 1."""
    return min(FIRST_LOCK * (1 << min(lockouts - 1, DOUBLINGS)), LONGEST_LOCK)
