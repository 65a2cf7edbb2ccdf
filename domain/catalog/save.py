"""Writing a whole product with its variants (spec CAT-1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.kernel.slugs import is_slug
from domain.kernel.versions import check_version

from .checks import SIZES, VariantValues, name_problem, option_problems, shown_problems, variant_problems
from .models import Product, ProductGroup, Variant

MAX_VARIANTS = 250
_COPIED = ("sku", "barcode", "price", "currency", "vat_rate", *SIZES, "active")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveProduct:
    """A product as it shall be, new where `id` is None. A variant that is there is known by its SKU; one that is not
    named any more is not sold any more, and stays for the orders that have it. `group` is a slug.
    """

    id: UUID | None = None
    name: str
    variants: Sequence[VariantValues]
    description: str = ""
    unit: str | None = None
    group: str | None = None
    images: Sequence[str] = ()
    option_names: Sequence[str] = ()
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """The product, and the SKUs that are new."""

    product: Product
    new_skus: Sequence[str]


async def save_whole_product(session: AsyncSession, command: SaveProduct) -> SavedProduct:
    """Writes the product; a repeat with its id changes nothing more. Raises NotFound, StaleVersion, and Invalid naming
    every wrong field, a SKU of another product too.
    """
    problems = tuple(_problems(command))
    if problems:
        raise Invalid(problems)
    skus = [variant.sku.strip() for variant in command.variants]
    await lock_names(session, [f"sku:{sku}" for sku in skus])  # of two that make one SKU at once, one is refused
    product = await _product(session, command)
    group_id = await _group(session, command.group)
    ours = await _variants(session, product.id, skus)
    _check_skus(skus, ours, product.id)
    changed = _write(
        product,
        {
            "name": command.name.strip(),
            "description": command.description.strip(),
            "unit": (command.unit or "").strip() or None,
            "group_id": group_id,
            "images": list(command.images),
            "option_names": [name.strip() for name in command.option_names],
        },
    )
    for values in command.variants:
        changed = _write_variant(session, product, ours.get(values.sku.strip()), values) or changed
    for sku, variant in ours.items():
        if sku not in skus:
            changed = _write(variant, {"active": False}) or changed
    if changed and command.id is not None:
        product.version += 1
        product.updated_at = utc_now()
    await session.flush()
    return SavedProduct(product, [sku for sku in skus if sku not in ours])


def _problems(command: SaveProduct) -> Iterator[Problem]:
    if wrong := name_problem(command.name):
        yield Problem(("name",), *wrong)
    yield from shown_problems(command.description, command.unit, command.images)
    if not command.variants:
        yield Problem(("variants",), "EMPTY", "Name at least one variant with its SKU.")
    if len(command.variants) > MAX_VARIANTS:
        yield Problem(("variants",), "TOO_MANY", f"A product has at most {MAX_VARIANTS} variants.")
        return
    seen: set[str] = set()
    for place, variant in enumerate(command.variants):
        path = ("variants", str(place))
        yield from variant_problems(path, variant)
        if variant.sku.strip() in seen:
            yield Problem((*path, "sku"), "TWICE", f"{variant.sku.strip()} is named twice.")
        seen.add(variant.sku.strip())
    yield from option_problems(command.option_names, command.variants)


async def _product(session: AsyncSession, command: SaveProduct) -> Product:
    if command.id is None:
        now = utc_now()
        made = Product(id=new_id(), name="", version=1, created_at=now, updated_at=now)
        session.add(made)
        return made
    query = select(Product).where(Product.id == command.id).with_for_update(key_share=True)
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("product", command.id, path=("id",))
    check_version("product", command.expected_version, found.version)
    return found


async def _group(session: AsyncSession, slug: str | None) -> UUID | None:
    if slug is None:
        return None
    query = select(ProductGroup.id).where(ProductGroup.slug == slug).with_for_update(read=True, key_share=True)
    found = await session.scalar(query) if is_slug(slug) else None
    if found is None:
        raise invalid(("group",), "UNKNOWN_GROUP", f"There is no product group {slug}. Create it first.")
    return found


async def _variants(session: AsyncSession, product_id: UUID, skus: Sequence[str]) -> dict[str, Variant]:
    """The product's variants and those of the SKUs, by SKU, locked in a fixed order."""
    query = (
        select(Variant)
        .where(or_(Variant.product_id == product_id, Variant.sku.in_(skus)))
        .order_by(Variant.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {variant.sku: variant for variant in await session.scalars(query)}


def _check_skus(skus: Sequence[str], known: dict[str, Variant], product_id: UUID) -> None:
    problems = [
        Problem(("variants", str(place), "sku"), "TAKEN", f"{sku} is a variant of another product.")
        for place, sku in enumerate(skus)
        if sku in known and known[sku].product_id != product_id
    ]
    if problems:
        raise Invalid(problems)


def _write_variant(session: AsyncSession, product: Product, known: Variant | None, values: VariantValues) -> bool:
    options = [option.strip() for option in values.options]
    name = (values.name or "").strip() or " ".join([product.name, " / ".join(options)]).strip()
    wanted = {**{field: getattr(values, field) for field in _COPIED}, "options": options, "name": name}
    wanted["sku"] = values.sku.strip()
    if known is not None:
        changed = _write(known, wanted)
        if changed:
            known.updated_at = utc_now()
        return changed
    now = utc_now()
    session.add(Variant(id=new_id(), product_id=product.id, created_at=now, updated_at=now, **wanted))
    return True


def _write(row: Product | Variant, wanted: dict[str, Any]) -> bool:
    """Writes what differs; whether anything did."""
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)
