"""Teams and their channels."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key


class Team(Base):
    """Whoever is of a team sees and works with orders of its channels alone; without channels that is none."""

    __tablename__ = "teams"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TeamChannel(Base):
    """A channel of a team; a channel may be several teams'."""

    __tablename__ = "team_channels"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[UUID] = mapped_column(
        ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True, index=True
    )
