"""The published rates."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base


class ExchangeRate(Base):
    """What `multiplier` units of a currency cost in RON on a day, as the National Bank publishes it: HUF and JPY per
    100, most others per 1. `source` says where it was taken from.
    """

    __tablename__ = "exchange_rates"

    currency: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    multiplier: Mapped[int]
    source: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
