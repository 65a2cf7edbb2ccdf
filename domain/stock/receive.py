"""Goods in, and corrections of what was counted wrong (spec STK-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.money import ZERO, plain
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.kernel.texts import check_text, text_problem

from .models import MoveKind, StockLevel, StockMove, Warehouse
from .rules import QUANTITY_LIMIT, quantity_problem

DEFAULT_WAREHOUSE = "main"


class StockLine(NamedTuple):
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveStock:
    """Goods that arrived; `warehouse` is a code (None: the main one)."""

    lines: Sequence[StockLine]
    warehouse: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectStock:
    """The count was wrong by `difference` (negative: less is there)."""

    sku: str
    difference: Decimal
    reason: str
    warehouse: str | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What a warehouse has of a SKU."""

    sku: str
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


async def receive_stock(session: AsyncSession, actor: Actor, command: ReceiveStock) -> list[Level]:
    """Adds goods to a warehouse, with a move for each; returns the levels of the SKUs, in the order of the lines.

    Raises NotFound for a warehouse, Invalid naming every line that cannot be used; nothing is added then.
    """
    check_text("reason", command.reason)
    warehouse_id = await _warehouse(session, command.warehouse)
    variants = await _variants(session, [line.sku for line in command.lines])
    _check(command.lines, variants)
    sums: dict[str, Decimal] = {}
    for sku, quantity in command.lines:
        sums[sku] = sums.get(sku, Decimal(0)) + quantity
    levels = await _add(session, warehouse_id, {variants[sku]: quantity for sku, quantity in sums.items()})
    await _write_moves(session, actor, MoveKind.RECEIPT, warehouse_id, command.reason, sums, variants)
    return [Level(sku, *levels[variants[sku]]) for sku in sums]


async def correct_stock(session: AsyncSession, actor: Actor, command: CorrectStock) -> Level:
    """Corrects what is on hand, with a move that keeps the reason.

    Raises NotFound for a warehouse, Invalid where orders hold more than would be left, nothing is to correct, or no
    reason is given.
    """
    check_text("reason", command.reason)
    if not command.reason.strip():
        raise invalid(("reason",), "MISSING", "Say why the stock is corrected.")
    warehouse_id = await _warehouse(session, command.warehouse)
    variants = await _variants(session, [command.sku])
    if command.sku not in variants:
        raise invalid(("sku",), "UNKNOWN_SKU", f"There is no SKU {command.sku}. Create the product first.")
    problem = quantity_problem(abs(command.difference))
    if problem:
        raise invalid(("difference",), "OUT_OF_RANGE", problem)
    variant_id = variants[command.sku]
    free = await session.scalar(
        select(StockLevel.on_hand - StockLevel.reserved)
        .where(StockLevel.warehouse_id == warehouse_id, StockLevel.variant_id == variant_id)
        .with_for_update()
    )
    if command.difference < -(free or 0):
        raise invalid(
            ("difference",),
            "RESERVED",
            f"Only {plain(free or ZERO)} of {command.sku} are free. Move orders that hold it to Stock Unavailable.",
        )
    if command.difference < 0:
        level = await _take(session, warehouse_id, variant_id, -command.difference)
    else:
        level = (await _add(session, warehouse_id, {variant_id: command.difference}))[variant_id]
    sums = {command.sku: command.difference}
    await _write_moves(session, actor, MoveKind.CORRECTION, warehouse_id, command.reason, sums, variants)
    return Level(command.sku, *level)


def _check(lines: Sequence[StockLine], variants: Mapping[str, UUID]) -> None:
    if not lines:
        raise invalid(("lines",), "EMPTY", "Name at least one SKU with its quantity.")
    problems = []
    for index, (sku, quantity) in enumerate(lines):
        path = ("lines", str(index))
        if sku not in variants:
            problems.append(Problem((*path, "sku"), "UNKNOWN_SKU", f"There is no SKU {sku}. Create the product first."))
        if problem := quantity_problem(quantity):
            problems.append(Problem((*path, "quantity"), "OUT_OF_RANGE", problem))
    if not problems and sum(quantity for _, quantity in lines) >= QUANTITY_LIMIT:
        problems.append(Problem(("lines",), "OUT_OF_RANGE", f"Receive less than {QUANTITY_LIMIT:f} at once."))
    if problems:
        raise Invalid(problems)


async def _warehouse(session: AsyncSession, code: str | None) -> UUID:
    code = code or DEFAULT_WAREHOUSE
    check_text("warehouse", code)
    found = await session.scalar(select(Warehouse.id).where(Warehouse.code == code))
    if found is None:
        raise NotFound("warehouse", code, path=("warehouse",))
    return found


async def _variants(session: AsyncSession, skus: Sequence[str]) -> dict[str, UUID]:
    sayable = {sku for sku in skus if text_problem(sku) is None}
    rows = await session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(sayable)))
    return {row[0]: row[1] for row in rows}


async def _add(
    session: AsyncSession, warehouse_id: UUID, quantities: Mapping[UUID, Decimal]
) -> dict[UUID, tuple[Decimal, Decimal]]:
    """Adds to what is on hand, levels in their fixed order; returns (on hand, reserved) per variant."""
    statement = upsert(StockLevel).values(
        [
            {"warehouse_id": warehouse_id, "variant_id": variant_id, "on_hand": quantities[variant_id], "reserved": 0}
            for variant_id in sorted(quantities)
        ]
    )
    statement = statement.on_conflict_do_update(
        index_elements=["warehouse_id", "variant_id"],
        set_={"on_hand": StockLevel.on_hand + statement.excluded.on_hand},
    )
    rows = await session.execute(statement.returning(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved))
    return {row[0]: (row[1], row[2]) for row in rows}


async def _take(
    session: AsyncSession, warehouse_id: UUID, variant_id: UUID, quantity: Decimal
) -> tuple[Decimal, Decimal]:
    """Takes from what is on hand; the level is locked. Returns (on hand, reserved)."""
    rows = await session.execute(
        update(StockLevel)
        .where(StockLevel.warehouse_id == warehouse_id, StockLevel.variant_id == variant_id)
        .values(on_hand=StockLevel.on_hand - quantity)
        .returning(StockLevel.on_hand, StockLevel.reserved)
        .execution_options(synchronize_session=False)
    )
    on_hand, reserved = rows.one()
    return on_hand, reserved


async def _write_moves(
    session: AsyncSession,
    actor: Actor,
    kind: MoveKind,
    warehouse_id: UUID,
    reason: str | None,
    quantities: Mapping[str, Decimal],
    variants: Mapping[str, UUID],
) -> None:
    now = utc_now()
    await session.execute(
        insert(StockMove),
        [
            {
                "id": new_id(),
                "at": now,
                "warehouse_id": warehouse_id,
                "variant_id": variants[sku],
                "kind": kind,
                "quantity": quantity,
                "reason": reason,
                "actor": actor.label,
            }
            for sku, quantity in quantities.items()
        ],
    )
