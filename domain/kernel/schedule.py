"""Due work: what is to run again and again, and when next. Any number of schedulers may read it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Interval, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, Key


class Schedule(Base):
    """`kind` is the consumer that gets the work, `subject_id` the channel or courier account (None: the house)."""

    __tablename__ = "schedules"

    id: Mapped[Key]
    kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    every: Mapped[timedelta] = mapped_column(Interval)
    next_run_at: Mapped[datetime] = mapped_column(index=True)
    last_run_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("kind", "subject_id", postgresql_nulls_not_distinct=True),)
