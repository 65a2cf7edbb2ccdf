"""Products and stock levels."""

from api.graphql.types.catalog import Product, ProductFamily, ProductGroup, ProductOption
from api.graphql.types.ids import gid
from api.graphql.types.money import plain, plain_or_none, unit_price
from api.graphql.types.stock import StockLevel
from domain.reads.rows import AnyRow, Rows


def product_group(row: AnyRow) -> ProductGroup:
    return ProductGroup(id=gid(row.id), slug=row.slug, name=row.name, parent=row.parent, version=row.version)


def _group(row: AnyRow) -> ProductGroup | None:
    """The group in the row of a variant."""
    if row.group_id is None:
        return None
    return ProductGroup(
        id=gid(row.group_id),
        slug=row.group_slug,
        name=row.group_name,
        parent=row.group_parent,
        version=row.group_version,
    )


def product(row: AnyRow) -> Product:
    return Product(
        key=row.id,
        id=gid(row.id),
        sku=row.sku,
        name=row.name,
        barcode=row.barcode,
        price=None if row.price is None else unit_price(row.price, row.currency),
        vat_rate=plain_or_none(row.vat_rate),
        weight_kg=plain_or_none(row.weight_kg),
        length_cm=plain_or_none(row.length_cm),
        width_cm=plain_or_none(row.width_cm),
        height_cm=plain_or_none(row.height_cm),
        active=row.active,
        metafields=[],
        group=_group(row),
        family=gid(row.product_id),
        options=[
            ProductOption(name=name, value=value) for name, value in zip(row.option_names, row.options, strict=False)
        ],
        unit=row.unit,
        description=row.description,
        images=row.images,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def family(row: AnyRow, variants: Rows) -> ProductFamily:
    """A whole product, from its row and those of its variants."""
    return ProductFamily(
        id=gid(row.id),
        name=row.name,
        description=row.description,
        unit=row.unit,
        images=row.images,
        option_names=row.option_names,
        group=_group(variants[0]) if variants else None,
        version=row.version,
        variants=[product(variant) for variant in variants],
    )


def stock_level(row: AnyRow) -> StockLevel:
    return StockLevel(
        sku=row.sku,
        warehouse=row.warehouse,
        on_hand=plain(row.on_hand),
        reserved=plain(row.reserved),
        quarantined=plain(row.quarantined),
        available=plain(row.on_hand - row.reserved - row.quarantined),
    )
