"""The second factor: a code of a phone beside the password, or a recovery code (spec SEC-2)."""

from enum import Enum
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Refusal
from domain.kernel.secrets import Vault, WrongKeyError, digest

from .models import RecoveryCode, SecondFactor
from .totp import as_recovery, as_totp, new_recovery_codes, step_of

log = structlog.get_logger(__name__)


class SecondFactorNeeded(Refusal):
    """The password is right, and the code lacks or does not fit. Only who has the password learns that."""

    code = "SECOND_FACTOR_NEEDED"

    def __init__(self, *, wrong: bool) -> None:
        super().__init__(
            "This code does not fit, or was used before. Wait for the next one, or use a recovery code."
            if wrong
            else "Give the code that your app shows, or one of your recovery codes, as code.",
            path=("code",),
        )
        self.wrong = wrong


class Verdict(Enum):
    """What a code is worth."""

    NOT_ASKED = "there is no second factor"
    LACKS = "one is asked for, and none was given"
    WRONG = "it does not fit, or was used"
    FITS = "it fits, and is used up"

    @property
    def lets_in(self) -> bool:
        return self in (Verdict.NOT_ASKED, Verdict.FITS)


def place_of(user_id: UUID) -> str:
    """What the secret is bound to."""
    return f"second_factor:{user_id}"


async def judge(session: AsyncSession, vault: Vault, user_id: UUID, code: str | None) -> Verdict:
    """What the code is worth; one that fits is used up. The person must be locked, so that of two who come with one
    code at once only one gets in."""
    factor = await session.get(SecondFactor, user_id, populate_existing=True)
    if factor is None or factor.confirmed_at is None:
        return Verdict.NOT_ASKED
    if code is None or not code.strip():
        return Verdict.LACKS
    fits = takes_totp(vault, factor, code) or await _takes_recovery(session, user_id, code)
    await session.flush()
    return Verdict.FITS if fits else Verdict.WRONG


def takes_totp(vault: Vault, factor: SecondFactor, text: str) -> bool:
    """Whether it is a code of now that was not used; then its step is used up."""
    code = as_totp(text)
    if code is None:
        return False
    try:
        secret = vault.open(factor.sealed, place_of(factor.user_id))
    except WrongKeyError as error:
        log.error("second_factor_unreadable", person=str(factor.user_id), error=str(error))
        return False
    step = step_of(secret, code, utc_now(), factor.used_step)
    if step is None:
        return False
    factor.used_step = step
    return True


async def _takes_recovery(session: AsyncSession, user_id: UUID, text: str) -> bool:
    code = as_recovery(text)
    if code is None:
        return False
    used = await session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == digest(code), RecoveryCode.used_at.is_(None))
        .values(used_at=utc_now())
        .returning(RecoveryCode.id),
        execution_options={"synchronize_session": False},
    )
    return used is not None


async def give_recovery_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    """New recovery codes, which are kept nowhere; the earlier ones end."""
    codes = new_recovery_codes()
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(
        RecoveryCode(id=new_id(), user_id=user_id, code_hash=digest(code.replace("-", ""))) for code in codes
    )
    await session.flush()
    return codes


async def drop_factor(session: AsyncSession, user_id: UUID) -> bool:
    """Takes the second factor and its codes away; whether there was one in use."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    confirmed = await session.execute(
        delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.confirmed_at)
    )
    return any(at is not None for at in confirmed.scalars())


async def recovery_codes_left(session: AsyncSession, user_id: UUID) -> int:
    """How many were not used."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(query) or 0
