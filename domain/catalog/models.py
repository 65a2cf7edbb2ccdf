"""Products, variants, listings."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, Quantity, UnitPrice


class ProductGroup(Base):
    """A group of products, such as Electronics, or with a `parent_id` its subgroup. `slug` is what rules name."""

    __tablename__ = "product_groups"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_groups.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Product(Base):
    """What is sold, whatever its colour and size. A product without choices has one variant."""

    __tablename__ = "products"

    id: Mapped[Key]
    name: Mapped[str]
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_groups.id"), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Variant(Base):
    """What is counted and shipped. `price` is without VAT; `vat_rate` in percent; sizes in cm, weight in kg."""

    __tablename__ = "variants"

    id: Mapped[Key]
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    barcode: Mapped[str | None]
    price: Mapped[UnitPrice | None]
    currency: Mapped[str] = mapped_column(default="RON")
    vat_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    weight_kg: Mapped[Quantity | None]
    length_cm: Mapped[Quantity | None]
    width_cm: Mapped[Quantity | None]
    height_cm: Mapped[Quantity | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Listing(Base):
    """Ties a channel's variant to ours: learnt by SKU once, from then on the id rules (spec SYN-6)."""

    __tablename__ = "listings"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    external_variant_id: Mapped[str] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), index=True)
