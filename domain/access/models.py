"""API keys and the roles that they hold."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key


class Role(Base):
    """What people and programs of one kind may do (spec SEC-1). `slug` is what keys and approval steps name;
    `permissions` are words of `Permission`. Roles are not removed: history names them.
    """

    __tablename__ = "roles"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    permissions: Mapped[list[str]]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ApiKey(Base):
    """A program's key: only its SHA-256 is kept. It may what its `permissions` (words of `Permission`) and those of its
    `roles` (slugs, or `*` for every role there is or will be) say.
    """

    __tablename__ = "api_keys"

    id: Mapped[Key]
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    permissions: Mapped[list[str]]
    roles: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    created_by: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
