"""What metafields there are. Their values stand in the column `metafields` of what they belong to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, text_enum


class Owner(StrEnum):
    """What a metafield belongs to; a product is what has a SKU."""

    ORDER = "ORDER"
    LINE = "LINE"
    CUSTOMER = "CUSTOMER"
    PRODUCT = "PRODUCT"


class FieldKind(StrEnum):
    TEXT = "TEXT"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    DATETIME = "DATETIME"
    CHOICE = "CHOICE"


class MetafieldDefinition(Base):
    """A declared field. `key` is namespace and name, `gift.message`; `choices` are the words of a CHOICE. `permission`
    is what who sets it needs beside the permission to edit its owner. A retired one keeps its values, unseen.
    """

    __tablename__ = "metafield_definitions"

    id: Mapped[Key]
    owner: Mapped[Owner] = mapped_column(text_enum(Owner))
    key: Mapped[str]
    kind: Mapped[FieldKind] = mapped_column(text_enum(FieldKind))
    choices: Mapped[list[str]]
    title: Mapped[str]
    description: Mapped[str | None]
    filterable: Mapped[bool]
    permission: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("owner", "key"),)
