"""Approval rules, and what was asked of whom for each order."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key, text_enum


class ConditionKind(StrEnum):
    """What a rule may ask about an order; `conditions.py` says what each means."""

    TOTAL_OVER = "TOTAL_OVER"
    DISCOUNT_SHARE_OVER = "DISCOUNT_SHARE_OVER"
    CUSTOMER_GROUP_IN = "CUSTOMER_GROUP_IN"
    PAYMENT_KIND_IN = "PAYMENT_KIND_IN"
    NEW_CUSTOMER = "NEW_CUSTOMER"


class Effect(StrEnum):
    """What a changed rule would mean for an order. HELD: by the changed rule, and by the current ones too."""

    HELD = "HELD"
    NEWLY_HELD = "NEWLY_HELD"
    NO_LONGER_HELD = "NO_LONGER_HELD"


class ApprovalRule(Base):
    """Which orders people must agree to, and who they are (spec APR-2). `channels` are slugs, `order_types` the kinds
    of the orders' channels (portal, manual, woocommerce...); empty: any. `conditions` must all hold (`conditions.py`).
    `steps` are slugs of roles, in the order in which they decide.

    Of the rules that hold an order those of the highest `priority` apply. An `exclusive` rule is the only one of its
    priority for the orders and the time that it is for. With `four_eyes` who entered an order cannot approve it, and
    nobody decides two of its steps.
    """

    __tablename__ = "omni_order_approval_rules"

    id: Mapped[Key]
    name: Mapped[str]
    channels: Mapped[list[str]]
    order_types: Mapped[list[str]]
    conditions: Mapped[list[Json]]
    steps: Mapped[list[str]]
    priority: Mapped[int]
    exclusive: Mapped[bool]
    four_eyes: Mapped[bool]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_approval_rules_active", "priority", postgresql_where=text("active")),)


class ApprovalState(StrEnum):
    """SUPERSEDED: the order was changed and asked for again, or no rule holds it any more."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"


class Asked(StrEnum):
    """Why approval was asked for."""

    ENTERED = "ENTERED"
    CHANGED = "CHANGED"
    AGAIN = "AGAIN"


class OrderApproval(Base):
    """One time that an order needed approval; `number` counts them per order, the last is the one that matters.

    `rules` are those that held it, as they were: id, name, version, reasons. `step` is the one that is to decide, from
    1, and `role` its role while the approval is pending. Written under the order's lock.
    """

    __tablename__ = "order_approvals"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    number: Mapped[int]
    asked: Mapped[Asked] = mapped_column(text_enum(Asked))
    asked_at: Mapped[datetime]
    rules: Mapped[list[Json]]
    four_eyes: Mapped[bool]
    state: Mapped[ApprovalState] = mapped_column(text_enum(ApprovalState))
    step: Mapped[int]
    role: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        Index("uq_order_approvals_pending", "order_id", unique=True, postgresql_where=text("state = 'PENDING'")),
        Index("ix_order_approvals_awaited", "role", "asked_at", "id", postgresql_where=text("state = 'PENDING'")),
        Index("ix_order_approvals_oldest", "asked_at", "id", postgresql_where=text("state = 'PENDING'")),
    )


class OrderApprovalStep(Base):
    """A role that is asked, and what it decided: `approved`, by whom, when, and their note or reason."""

    __tablename__ = "order_approval_steps"

    approval_id: Mapped[UUID] = mapped_column(ForeignKey("order_approvals.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    approved: Mapped[bool | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]
