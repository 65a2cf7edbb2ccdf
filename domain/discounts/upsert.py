"""Making, changing and archiving rules (spec DSC-1)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record, record_written
from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.kernel.versions import check_version

from .input import UpsertDiscount, input_problems
from .models import TradeDiscount
from .naming import Ids, named_ids
from .rules import voucher_key

MAX_RULES = 2_000
_T = TradeDiscount
_DIMENSIONS = ("clients", "client_groups", "items", "item_groups", "channels", "stores")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDiscount:
    discount_id: UUID
    expected_version: int | None = None


async def upsert_discount(session: AsyncSession, actor: Actor, command: UpsertDiscount) -> TradeDiscount:
    """Makes a rule, or writes one anew. Orders that are there keep what they got until their lines are edited.

    Raises NotFound, StaleVersion, and Invalid naming every wrong field; so are a voucher that another rule has (TAKEN)
    and rules that do not stack and leave open which of them applies (OVERLAPS).
    """
    problems = list(input_problems(command))
    if any(problem.code in ("TOO_MANY", "NOT_A_TEXT") for problem in problems):
        raise Invalid(problems)  # what cannot be looked up is not looked up
    await lock_names(session, [_T.__tablename__])  # two that are written at once see each other's vouchers and overlaps
    rule = await _wanted(session, command)
    ids, wrong = await named_ids(session, command)
    problems += wrong
    values = _values(command, ids)
    if not problems:
        problems += await _conflicts(session, rule.id, values)
    if problems:
        raise Invalid(problems)
    before = snapshot(rule) if rule.version else None
    if any(getattr(rule, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(rule, name, value)
        rule.version = (rule.version or 0) + 1
        rule.updated_at = utc_now()
    session.add(rule)
    record_written(session, actor, "trade_discount", rule, before, title=rule.name, without=("voucher_key",))
    await session.flush()
    return rule


async def archive_discount(session: AsyncSession, actor: Actor, command: ArchiveDiscount) -> TradeDiscount:
    """Takes a rule out of use for good; its voucher is free for another. Its uses and its log stay. A repeat changes
    nothing more. Raises NotFound, StaleVersion."""
    rule = await _for_update(session, command.discount_id)
    if rule.archived_at is None:
        check_version("trade discount", command.expected_version, rule.version)
        rule.archived_at = rule.updated_at = utc_now()
        rule.version += 1
        record(session, actor, "trade_discount.archive", "trade_discount", rule.id, title=rule.name)
        await session.flush()
    return rule


async def _wanted(session: AsyncSession, command: UpsertDiscount) -> TradeDiscount:
    if command.id is None:
        if (await session.scalar(select(func.count()).where(_T.archived_at.is_(None))) or 0) >= MAX_RULES:
            raise invalid(("id",), "TOO_MANY", f"There are at most {MAX_RULES} rules. Archive those that ended.")
        return TradeDiscount(id=new_id(), created_at=utc_now())
    rule = await _for_update(session, command.id)
    if rule.archived_at is not None:
        raise invalid(("id",), "ARCHIVED", "This rule is archived. Make a new one.")
    check_version("trade discount", command.expected_version, rule.version)
    return rule


async def _for_update(session: AsyncSession, rule_id: UUID) -> TradeDiscount:
    query = select(_T).where(_T.id == rule_id).with_for_update(key_share=True)
    rule = await session.scalar(query.execution_options(populate_existing=True))
    if rule is None:
        raise NotFound("trade discount", rule_id, path=("id",))
    return rule


def _values(command: UpsertDiscount, ids: Ids) -> dict[str, Any]:
    voucher = command.voucher.strip() if command.voucher is not None else None
    return {
        "name": command.name.strip(),
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "formal": command.formal,
        "value": command.value,
        "currency": command.currency,
        "minimum_order_value": command.minimum_order_value,
        "voucher": voucher,
        "voucher_key": voucher and voucher_key(voucher),
        "clients": ids["clients"],
        "client_groups": ids["clientGroups"],
        "items": ids["items"],
        "item_groups": ids["itemGroups"],
        "channels": list(dict.fromkeys(command.channels or ())),
        "stores": ids["stores"],
        "limit_total": command.limit_total,
        "limit_per_client": command.limit_per_client,
        "stacks": command.stacks,
        "priority": command.priority,
        "active": command.active,
    }


async def _conflicts(session: AsyncSession, rule_id: UUID, values: dict[str, Any]) -> list[Problem]:
    others = select(_T).where(_T.archived_at.is_(None), _T.id != rule_id)
    if values["voucher_key"] is not None:
        holder = await session.scalar(others.where(_T.voucher_key == values["voucher_key"]))
        if holder is not None:
            message = f"The rule {holder.name} has this voucher. Choose another, or archive that rule."
            return [Problem(("voucher",), "TAKEN", message)]
    elif values["active"] and not values["stacks"]:
        rival = await session.scalar(others.where(*_meets(values)).order_by(_T.id).limit(1))
        if rival is not None:
            message = (
                f"The rule {rival.name} does not stack either, and both may fit one order. Give them different "
                "priorities, times, customers, products or channels, or let one stack."
            )
            return [Problem(("stacks",), "OVERLAPS", message)]
    return []


def _meets(values: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Other rules without voucher that do not stack, of the same priority, that may fit an order that this one fits:
    in time and currency, and in each dimension that both name. Customers are not looked up in groups, nor products:
    one dimension is not compared with another."""
    conditions: list[ColumnElement[bool]] = [
        _T.active.is_(True),
        _T.voucher_key.is_(None),
        _T.stacks.is_(False),
        _T.priority == values["priority"],
        or_(_T.ends_at.is_(None), _T.ends_at > values["starts_at"]),
    ]
    if values["ends_at"] is not None:
        conditions.append(_T.starts_at < values["ends_at"])
    if values["currency"] is not None:
        conditions.append(or_(_T.currency.is_(None), _T.currency == values["currency"]))
    for name in _DIMENSIONS:
        if values[name]:
            column = getattr(_T, name)
            conditions.append(or_(func.cardinality(column) == 0, column.overlap(values[name])))
    return conditions
