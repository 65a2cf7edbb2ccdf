"""The business calendar."""

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json

THE_ONE = 1


class BusinessCalendar(Base):
    """The calendar of the house, in one row; without it the house works by `rules.USUAL`.

    `hours` are {weekday: 1 (Monday) to 7, opens, closes} as HH:MM of the time zone; `closed` are the house's own
    holidays and `worked` the days worked in spite of a weekend or holiday, each {day, name}.
    """

    __tablename__ = "business_calendar"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=THE_ONE)
    timezone: Mapped[str]
    country: Mapped[str | None]
    hours: Mapped[list[Json]]
    closed: Mapped[list[Json]]
    worked: Mapped[list[Json]]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (CheckConstraint(f"id = {THE_ONE}", name="only_one"),)
