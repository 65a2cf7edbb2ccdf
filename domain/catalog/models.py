"""Products, variants, listings."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key, Quantity, UnitPrice


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
    """What is sold, whatever its colour and size. A product without choices has one variant.

    `option_names` are what its variants differ by (Colour, Size); `images` are addresses, the first is shown in lists;
    `unit` is what is counted, such as pcs or kg.
    """

    __tablename__ = "products"

    id: Mapped[Key]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    unit: Mapped[str | None]
    images: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    option_names: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_groups.id"), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Variant(Base):
    """What is counted and shipped. `price` is without VAT; `vat_rate` in percent; sizes in cm, weight in kg.

    `options` are its values of the product's `option_names`, in their order. One that is not `active` is not sold.
    """

    __tablename__ = "variants"

    id: Mapped[Key]
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    options: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    barcode: Mapped[str | None]
    price: Mapped[UnitPrice | None]
    currency: Mapped[str] = mapped_column(default="RON")
    vat_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    weight_kg: Mapped[Quantity | None]
    length_cm: Mapped[Quantity | None]
    width_cm: Mapped[Quantity | None]
    height_cm: Mapped[Quantity | None]
    active: Mapped[bool] = mapped_column(default=True)
    metafields: Mapped[Json | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_variants_product", "product_id", "id"),
        Index("ix_variants_created", "created_at", "id"),
        Index("ix_variants_barcode", "barcode", postgresql_where=text("barcode IS NOT NULL")),
        Index("ix_variants_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_variants_sku_trgm", "sku", postgresql_using="gin", postgresql_ops={"sku": "gin_trgm_ops"}),
        Index(
            "ix_variants_metafields",
            "metafields",
            postgresql_using="gin",
            postgresql_ops={"metafields": "jsonb_path_ops"},
            postgresql_where=text("metafields IS NOT NULL"),
        ),
    )


class Listing(Base):
    """Ties a channel's variant to ours: learnt by SKU once, from then on the id rules (spec SYN-6)."""

    __tablename__ = "listings"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    external_variant_id: Mapped[str] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), index=True)
