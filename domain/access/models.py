"""API keys."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key


class ApiKey(Base):
    """A program's key: only its SHA-256 is kept. `permissions` are words of `Permission`."""

    __tablename__ = "api_keys"

    id: Mapped[Key]
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    permissions: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
