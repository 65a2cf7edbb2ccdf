"""One path for every order that comes from a channel: webhook, poll, fetch and replay end here (spec SYN-4).

Each external order becomes exactly one order, whatever is delivered twice, late, out of order or at once: its imports
queue for its row in `external_orders`, and what arrives is compared with the state that was last applied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.listings import learn_listings
from domain.channels.vocabulary import ChannelRules, load_rules
from domain.diary.entries import resolve_standing
from domain.intake.causes import hold_causes
from domain.intake.external import keep_applied, lock_external_orders
from domain.intake.models import InboxState
from domain.intake.settle import Settled, refused, settle
from domain.kernel.actor import Actor
from domain.kernel.crash import crash_point, declare
from domain.push.known import KnownStatus, keep_known, load_said

from .gone import gone_cause
from .import_changes import ChangedArrival, import_change, wanted_of
from .import_contents import unusable
from .import_erased import Erased, find_erased, keep_erased, left_out
from .import_judge import Arrival, Case, Verdict, judge, storable
from .import_new import NewArrival, import_new
from .import_resolve import Wanted, load_world, understand

__all__ = ["Arrival", "Outcome", "import_order", "import_orders"]

declare("import.after_lock", "import.after_orders", "import.after_applied", "import.after_settle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an arrival; it is written on the item already.

    But for `need_fetch`: two states of one version say different things, and only the channel knows which is the later
    one. The item is not settled then: fetch the order and import that, under the same item, as authoritative.
    """

    item_id: UUID
    state: InboxState
    order_id: UUID | None = None
    reason: str | None = None
    causes: tuple[str, ...] = ()
    need_fetch: bool = False


async def import_order(session: AsyncSession, actor: Actor, rules: ChannelRules, arrival: Arrival) -> Outcome:
    """Imports one order; see `import_orders`."""
    [outcome] = await import_orders(session, actor, rules, [arrival])
    return outcome


async def import_orders(
    session: AsyncSession, actor: Actor, rules: ChannelRules, arrivals: Sequence[Arrival]
) -> list[Outcome]:
    """Imports the orders of one channel, in a few statements for all of them; the outcomes are in their order.

    `actor` is the channel's connector. `rules` may be some seconds old: before an item waits for a mapping they are
    read again. What cannot be imported waits under all its causes, is ignored, or is refused: nothing is raised for the
    fault of one order, but for a fault of the database, after which the caller tries the orders one by one.
    """
    outcomes: dict[UUID, Outcome] = {}
    for together in _rounds([storable(arrival) for arrival in arrivals]):
        for outcome in await _import_round(session, actor, rules, together):
            outcomes[outcome.item_id] = outcome
    return [outcomes[arrival.item_id] for arrival in arrivals]


def _rounds(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    """Splits the arrivals so that states of one order come one after the other."""
    left = list(arrivals)
    while left:
        first: dict[str, Arrival] = {}
        later = [arrival for arrival in left if first.setdefault(arrival.order.external_id, arrival) is not arrival]
        yield list(first.values())
        left = later


async def _import_round(
    session: AsyncSession, actor: Actor, rules: ChannelRules, arrivals: Sequence[Arrival]
) -> list[Outcome]:
    channel_id = rules.channel.id
    faults = {arrival.item_id: fault for arrival in arrivals if (fault := unusable(arrival.order)) is not None}
    usable = [arrival for arrival in arrivals if arrival.item_id not in faults]
    known = await lock_external_orders(session, channel_id, [arrival.order.external_id for arrival in usable])
    crash_point("import.after_lock")
    erased = await find_erased(session, rules, usable, known)
    cases = [judge(arrival, known[arrival.order.external_id]) for arrival in left_out(usable, erased)]
    await _import_cases(session, actor, rules, cases, erased)
    crash_point("import.after_orders")
    await keep_applied(session, channel_id, [applied for case in cases if (applied := case.applied()) is not None])
    for case in cases:
        if case.came_back and case.order_id is not None:
            await resolve_standing(session, channel_id, [gone_cause(case.order.external_id)], case.order.external_id)
    crash_point("import.after_applied")
    settled = [_settled(channel_id, case) for case in cases if case.verdict is not Verdict.UNCLEAR]
    settled += [
        refused(arrival.item_id, channel_id, faults[arrival.item_id], external_id=arrival.order.external_id or None)
        for arrival in arrivals
        if arrival.item_id in faults
    ]
    await settle(session, settled)
    await keep_erased(session, channel_id, erased, {case.arrival.item_id: case.order_id for case in cases})
    crash_point("import.after_settle")
    unclear = [_need_fetch(case) for case in cases if case.verdict is Verdict.UNCLEAR]
    return [*(_outcome(one) for one in settled), *unclear]


async def _import_cases(
    session: AsyncSession, actor: Actor, rules: ChannelRules, cases: Sequence[Case], erased: Erased
) -> None:
    """Writes what is new or changed and has nothing in its way; the others get their causes."""
    wanted = await _wanted(session, cases)
    if not wanted:
        return
    asked = [case for case in cases if case.arrival.item_id in wanted]
    world = await load_world(session, rules, list(wanted.values()))
    for case in asked:
        case.meaning = understand(world, wanted[case.arrival.item_id])
    blocked = [case for case in asked if case.meaning.causes]
    if blocked:
        # What is missing may have been made meanwhile, and its release found nobody waiting: look once more.
        await hold_causes(session, {cause.key for case in blocked for cause in case.meaning.causes})
        rules = await load_rules(session, rules.channel.id, rules.defaults)
        world = await load_world(session, rules, list(wanted.values()))
        for case in blocked:
            case.meaning = understand(world, wanted[case.arrival.item_id])
    for case in asked:
        if (customer_id := erased.customer_of(case.arrival.item_id)) is not None:
            case.meaning = replace(case.meaning, customer_id=customer_id)
    passing = [case for case in asked if case.passes]
    new = [case for case in passing if case.verdict is Verdict.NEW]
    arrivals = [NewArrival(case.order, case.meaning, by_poll=case.arrival.by_poll) for case in new]
    made = await import_new(session, actor, world, arrivals)
    for case, order_id in zip(new, made, strict=True):
        case.order_id = order_id
    changed = [case for case in passing if case.verdict is Verdict.CHANGED]
    for case in changed:
        case.touched = await import_change(session, actor, rules, _change(case))
    await session.flush()
    channel = rules.channel
    await learn_listings(session, channel.id, [listing for case in passing for listing in case.meaning.learnt])
    if not channel.is_own:
        await keep_known(session, channel.id, [_known(case) for case in passing])


async def _wanted(session: AsyncSession, cases: Sequence[Case]) -> dict[UUID, Wanted]:
    """What is to be understood of each case that is new or changed."""
    said = await load_said(
        session,
        {
            case.order_id: case.order.version
            for case in cases
            if case.verdict is Verdict.CHANGED and case.order_id is not None
        },
    )
    wanted: dict[UUID, Wanted] = {}
    for case in cases:
        if case.verdict is Verdict.NEW:
            wanted[case.arrival.item_id] = Wanted(order=case.order, lines=case.order.lines)
        elif case.verdict is Verdict.CHANGED and case.base is not None and case.order_id is not None:
            wanted[case.arrival.item_id] = wanted_of(case.base, case.order, said.get(case.order_id, frozenset()))
    return wanted


def _change(case: Case) -> ChangedArrival:
    assert case.order_id is not None and case.base is not None
    return ChangedArrival(
        item_id=case.arrival.item_id,
        order_id=case.order_id,
        base=case.base,
        order=case.order,
        meaning=case.meaning,
    )


def _known(case: Case) -> KnownStatus:
    assert case.order_id is not None
    return KnownStatus(case.order_id, case.order.status, case.order.version)


def _settled(channel_id: UUID, case: Case) -> Settled:
    state, reason = _state(case)
    return Settled(
        item_id=case.arrival.item_id,
        channel_id=channel_id,
        state=state,
        reason=reason,
        causes=case.meaning.causes,
        external_id=case.order.external_id,
        version=case.order.version,
        order_id=case.order_id,
    )


def _state(case: Case) -> tuple[InboxState, str | None]:
    if case.meaning.causes:
        return InboxState.WAITING, None
    if case.meaning.ignored is not None:
        return InboxState.IGNORED, case.meaning.ignored
    if case.verdict is Verdict.CHANGED and not case.touched:
        return InboxState.DUPLICATE, "nothing that is kept here was changed"
    return _STATES[case.verdict]


def _outcome(settled: Settled) -> Outcome:
    return Outcome(
        item_id=settled.item_id,
        state=settled.state,
        order_id=settled.order_id,
        reason=settled.reason,
        causes=tuple(cause.key for cause in settled.causes),
    )


def _need_fetch(case: Case) -> Outcome:
    return Outcome(item_id=case.arrival.item_id, state=InboxState.RECEIVED, order_id=case.order_id, need_fetch=True)


_STATES = {
    Verdict.NEW: (InboxState.IMPORTED, None),
    Verdict.CHANGED: (InboxState.IMPORTED, None),
    Verdict.DUPLICATE: (InboxState.DUPLICATE, None),
    Verdict.SUPERSEDED: (InboxState.SUPERSEDED, "a later version of this order was imported before it"),
    Verdict.ADOPTED: (InboxState.DUPLICATE, "the order was entered here with this id before it came from the channel"),
    Verdict.GONE: (InboxState.IGNORED, "the order was deleted there before it could be imported"),
}
