"""A connector's small memory per account (cursors of its own, tokens); read and written by compare-and-set."""

from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base


class ConnectorState(Base):
    """One value; `sealed` holds it when it is a secret."""

    __tablename__ = "connector_state"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
