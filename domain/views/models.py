"""Saved views of the queue."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key


class OrderView(Base):
    """A filter and a sort under a name. `owner` is the actor's kind and id, `owner_label` what people see.

    `filter` and `sort` are in the words of the API, as they were saved: what they name may be gone since.
    """

    __tablename__ = "order_views"

    id: Mapped[Key]
    owner: Mapped[str]
    owner_label: Mapped[str]
    name: Mapped[str]
    filter: Mapped[Json]
    sort: Mapped[Json]
    columns: Mapped[list[str]]
    shared: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("owner", "name"),
        Index("ix_order_views_shared", "updated_at", postgresql_where=text("shared")),
    )
