"""Customers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key


class Customer(Base):
    """A buyer. Matched on import by the channel's id, then by e-mail (kept in lower case, not unique).

    `apart`: whoever gave the e-mail has a limited view, and could not see who has it already. Where another has it too,
    that one is meant by it.
    `version` counts what operators edit; imports leave it alone. `erased_at`: the person was erased then, and nobody is
    this customer any more (spec SEC-4).
    `searched` is name, e-mail, company and tax id without accents, in small letters; the database fills it in.
    """

    __tablename__ = "customers"

    id: Mapped[Key]
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    tax_id: Mapped[str | None]
    apart: Mapped[bool] = mapped_column(default=False, server_default="false")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    metafields: Mapped[Json | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    searched: Mapped[str] = mapped_column(
        Text, Computed("customer_text(name, email, company, tax_id)", persisted=True), deferred=True
    )

    __table_args__ = (
        Index(
            "ix_customers_metafields",
            "metafields",
            postgresql_using="gin",
            postgresql_ops={"metafields": "jsonb_path_ops"},
            postgresql_where=text("metafields IS NOT NULL"),
        ),
        Index("ix_customers_created", "created_at", "id"),
        Index("ix_customers_erased", "id", postgresql_where=text("erased_at IS NOT NULL")),
        Index("ix_customers_email", "email", postgresql_where=text("email IS NOT NULL")),
        Index(
            "ix_customers_phone_key", text("phone_key(phone)"), postgresql_where=text("phone_key(phone) IS NOT NULL")
        ),
        Index("ix_customers_searched", "searched", postgresql_using="gin", postgresql_ops={"searched": "gin_trgm_ops"}),
    )


class CustomerGroup(Base):
    """Customers with common terms, such as VIP or Wholesale. `slug` is what rules and imports name."""

    __tablename__ = "customer_groups"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class CustomerGroupMember(Base):
    """A customer may be in several groups."""

    __tablename__ = "customer_group_members"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer_groups.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CustomerRef(Base):
    """The id under which a channel knows a customer."""

    __tablename__ = "customer_refs"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
