"""Making an AWB: the call that buys something, made once whatever dies on the way (architecture §5).

The attempt is journalled and committed before the call, with a lease longer than the call can last, checked once more
just before sending. Whoever finds an attempt that may have reached the courier asks (`find_awb`) and does not send;
"not found" counts only after the courier's settling time. Where it cannot be asked, a person decides.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.ship import (
    AwbCall,
    AwbStep,
    about_to_send,
    awb_not_sent,
    awb_refused,
    awb_succeeded,
    awb_unknown,
    begin_awb,
)
from domain.kernel.attempts import Attempt, AttemptState
from domain.kernel.clock import utc_now
from domain.kernel.crash import crash_point, declare
from domain.kernel.ids import new_id
from domain.kernel.refusals import NotFound, Problem
from domain.shipping.models import Shipment
from jobs.accounts import FarSide, courier_account, far_side
from jobs.journal import lease_for
from jobs.runtime import Runtime
from jobs.signals import LeaveAlone
from jobs.translate import our_money, problems, shipment_request
from jobs.work import Work, finishing_all
from omnisales_sdk import Created, NeedsHuman, OutcomeUnknown, Refused, TryLater
from plugins.host import ConnectorBug, Unsupported

declare("awb.journalled", "awb.about_to_send", "awb.sent", "awb.before_commit")


def create(runtime: Runtime, work: Work) -> None:
    """Makes the AWB of a shipment, or finds out what came of an earlier attempt."""
    shipment_id = work.id_of("shipment_id")
    far = far_side(runtime, runtime.run(courier_account(runtime, runtime.run(_account_of(runtime, shipment_id)))))
    making = _Making(
        runtime,
        work,
        far,
        shipment_id,
        # One owner per piece of work at hand, not per process: a doubled message may meet its twin on the next thread.
        owner=f"{runtime.owner}:{new_id()}",
        lease=lease_for(far.manifest),
    )
    making.run()


class _Making:
    """One worker's hold on the making of one AWB."""

    def __init__(
        self, runtime: Runtime, work: Work, far: FarSide, shipment_id: UUID, *, owner: str, lease: timedelta
    ) -> None:
        self.runtime = runtime
        self.work = work
        self.far = far
        self.shipment_id = shipment_id
        self.owner = owner
        self.lease = lease

    def run(self) -> None:
        call = self.runtime.run(self._begin())
        crash_point("awb.journalled")
        if call.step is AwbStep.NOTHING:
            self.runtime.run(self._end())
        elif call.step is AwbStep.WAIT:
            raise LeaveAlone(call.until)
        elif call.step is AwbStep.CREATE or call.typed_awb is not None:
            # A number typed in by hand buys nothing, so that taking it in may be repeated.
            self._create(call)
        else:
            self._ask(call)

    async def _begin(self) -> AwbCall:
        async with self.runtime.database.begin() as session:
            return await begin_awb(session, self.shipment_id, self.owner, self.lease)

    def _create(self, call: AwbCall) -> None:
        if call.attempt_id is None or not self.runtime.run(self._may_send(call.attempt_id)):
            raise LeaveAlone
        crash_point("awb.about_to_send")
        try:
            answer = self.far.call("create_awb", request=shipment_request(call))
        except TryLater as later:
            self.runtime.run(self._not_sent(call.attempt_id, later.message))
            raise
        except (NeedsHuman, Unsupported) as no:
            self.runtime.run(self._end(refused=[_as_problem(no)]))
            return
        except (OutcomeUnknown, ConnectorBug) as unknown:
            self.runtime.run(self._unknown(str(unknown)))
            raise TryLater(str(unknown)) from unknown
        crash_point("awb.sent")
        if isinstance(answer, Refused):
            self.runtime.run(self._end(refused=problems(answer.problems)))
        else:
            self.runtime.run(self._end(created=answer))

    def _ask(self, call: AwbCall) -> None:
        if not self.far.supports("find_awb"):
            self.runtime.run(self._for_a_person())
            return
        try:
            found = self.far.call("find_awb", key=call.key)
        # Whatever broke the asking, a bug of the connector too: the attempt stays unknown in the journal, and the
        # frame judges the fault as that of any other work.
        except Exception as error:
            self.runtime.run(self._unknown(str(error)))
            raise
        settled_at = (call.sent_at or utc_now()) + self.far.manifest.settling
        if found is not None:
            self.runtime.run(self._end(created=found))
        elif utc_now() < settled_at:
            self.runtime.run(self._unknown("the courier does not know it yet"))
            raise TryLater("the courier does not know the shipment yet")
        else:
            self._create(call)

    async def _may_send(self, attempt_id: UUID) -> bool:
        async with self.runtime.database.begin() as session:
            return await about_to_send(session, attempt_id, self.owner, self.lease)

    async def _not_sent(self, attempt_id: UUID, reason: str) -> None:
        async with self.runtime.database.begin() as session:
            await awb_not_sent(session, attempt_id, reason)

    async def _unknown(self, message: str) -> None:
        async with self.runtime.database.begin() as session:
            await awb_unknown(session, self.shipment_id, message)

    async def _for_a_person(self) -> None:
        async with finishing_all(self.runtime, [self.work]) as (session, _):
            await awb_unknown(session, self.shipment_id, "the courier cannot be asked", needs_person=True)

    async def _end(self, *, created: Created | None = None, refused: Sequence[Problem] = ()) -> None:
        """Keeps the outcome, also when another worker ended the work meanwhile: a second AWB must not go unseen."""
        async with finishing_all(self.runtime, [self.work]) as (session, _):
            if created is not None:
                await awb_succeeded(
                    session,
                    self.shipment_id,
                    awb=created.awb,
                    refs=dict(created.refs),
                    tracking_url=created.tracking_url,
                    price=our_money(created.price),
                )
            elif refused:
                await awb_refused(session, self.shipment_id, refused)
            crash_point("awb.before_commit")


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, NeedsHuman):
        return Problem(("account",), error.cause, f"{error.message}. {error.remedy}")
    return Problem(("account",), "NOT_ASKED", str(error))


async def _account_of(runtime: Runtime, shipment_id: UUID) -> UUID:
    async with runtime.database.read() as connection:
        account_id = await connection.scalar(select(Shipment.courier_account_id).where(Shipment.id == shipment_id))
    if account_id is None:
        raise NotFound("shipment", shipment_id)
    return account_id


async def gave_up(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    """What surely never left the house is refused, so that it can be asked for anew; else a person finds out."""
    shipment_id = work.id_of("shipment_id")
    open_attempt = await session.scalar(
        select(Attempt.id).where(
            Attempt.subject_id == shipment_id,
            Attempt.kind == "awb",
            Attempt.state.in_((AttemptState.TRYING, AttemptState.UNKNOWN)),
            Attempt.sent_at.is_not(None),
        )
    )
    if open_attempt is not None:
        await awb_unknown(session, shipment_id, str(error), needs_person=True)
        return
    await awb_refused(session, shipment_id, [_as_problem(error)])
