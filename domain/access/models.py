"""Roles, and who holds them: programs by their keys, people by their sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, text_enum


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
    `roles` (slugs, or `*` for every role there is or will be) say. `hint` are the last characters of its secret.

    With `own_orders_only` it sees the orders of its `seller` alone; of a team, orders of the team's channels. After a
    rotation the old secret is taken until `old_until`.
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
    hint: Mapped[str | None]
    seller: Mapped[str | None]
    own_orders_only: Mapped[bool] = mapped_column(default=False, server_default="false")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"), index=True)
    old_key_hash: Mapped[str | None] = mapped_column(unique=True)
    old_until: Mapped[datetime | None]


class ApiKeyUse(Base):
    """When a key was last used, to about a minute. Apart from the key, which does not change by being used."""

    __tablename__ = "api_key_uses"

    key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


class User(Base):
    """A person of the staff. `email` is normalised and in small letters; without `password_hash` nobody logs in as them
    yet. `roles` are slugs, or `*` for everything there is or will be (an administrator). `seller` is their name on
    orders; `own_orders_only` keeps them to those. `failed_logins` in a row and `lockouts` bring about `locked_until`.
    """

    __tablename__ = "users"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    roles: Mapped[list[str]] = mapped_column(default=list)
    seller: Mapped[str | None] = mapped_column(unique=True)
    own_orders_only: Mapped[bool] = mapped_column(default=False)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"), index=True)
    disabled_at: Mapped[datetime | None]
    failed_logins: Mapped[int] = mapped_column(default=0)
    lockouts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SessionKind(StrEnum):
    COOKIE = "cookie"
    BEARER = "bearer"


class UserSession(Base):
    """Somebody who has logged in: only the token's SHA-256 is kept. It ends at `expires_at`; before that at
    `idle_until`, which moves on while it is used (None: it may rest), and for good with `revoked_at`.
    """

    __tablename__ = "sessions"

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[SessionKind] = mapped_column(text_enum(SessionKind))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    idle_until: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]


class TokenKind(StrEnum):
    RESET = "reset"
    INVITATION = "invitation"


class MailToken(Base):
    """A link that was sent to a person: only the token's SHA-256 is kept. It is good once, until `expires_at`. `mail`
    is the piece of work that sent it; null for one that was handed over.
    """

    __tablename__ = "mail_tokens"

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[TokenKind] = mapped_column(text_enum(TokenKind))
    token_hash: Mapped[str] = mapped_column(unique=True)
    mail: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The secret of a person's app, sealed; asked for since `confirmed_at`. `used_step` is the step of time of the
    newest code that was taken: a code is good once.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed: Mapped[bytes]
    used_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code for when the phone is lost, good once: only its SHA-256 is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]
