"""What a row of a catalogue file makes of the catalogue. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.kernel.ids import new_id

from .checks import SIZES, VariantValues, name_problem, shown_problems, variant_problems
from .sheet import RowProblem, SheetRow

Row = dict[str, Any]
"""A product or a variant, by column of its table."""

_VALUES = ("barcode", "price", "currency", "vat_rate", *SIZES, "active")
_STAYS = frozenset({"currency", "active"})
"""Columns whose empty cell leaves what there is; so does that of the name."""
_COLUMN_OF = {shown: name for name, shown in SIZES.items()} | {"vatRate": "vat_rate"}


@dataclass(slots=True)
class Catalogue:
    """The catalogue as far as a file speaks of it: as it is (`products`, `variants` by SKU), and what is to write."""

    now: datetime
    groups: Mapping[str, UUID]
    products: dict[UUID, Row]
    variants: dict[str, Row]
    new_products: dict[UUID, Row] = field(default_factory=dict)
    new_variants: dict[str, Row] = field(default_factory=dict)
    changed_products: dict[UUID, Row] = field(default_factory=dict)
    changed_variants: dict[str, Row] = field(default_factory=dict)
    updated_skus: set[str] = field(default_factory=set)
    taken: int = 0
    leads: dict[UUID, str] = field(default_factory=dict)
    worn: dict[UUID, dict[tuple[str, ...], str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sku, variant in self.variants.items():  # in the order in which they were made
            self.leads.setdefault(variant["product_id"], sku)
            self.worn.setdefault(variant["product_id"], {})[tuple(variant["options"])] = sku

    def find(self, sku: str) -> Row | None:
        return self.variants.get(sku) or self.new_variants.get(sku)

    def product(self, product_id: UUID) -> Row:
        """As it shall be, so far."""
        known = self.changed_products.get(product_id) or self.new_products.get(product_id)
        return known or self.products[product_id]


def take_row(catalogue: Catalogue, row: SheetRow) -> list[RowProblem]:
    """Puts the row into the catalogue, or says what is wrong with it and puts nothing."""
    known = catalogue.variants.get(row.sku)
    place = _place(catalogue, row, known)
    if isinstance(place, RowProblem):
        return [place]
    product, is_lead = place
    variant = _variant(catalogue, row, known, product)
    problems = [*_variant_problems(row, variant, known), *_options(catalogue, row, variant, product, is_lead=is_lead)]
    if is_lead:
        problems += _product(catalogue, row, variant, product)
    if not problems:
        _keep(catalogue, row.sku, variant, product)
    return problems


def _place(catalogue: Catalogue, row: SheetRow, known: Row | None) -> tuple[Row, bool] | RowProblem:
    """The product of the row, as a copy that may be changed, and whether the row is its lead's."""
    of = row.cells.get("variant_of")
    parent = catalogue.find(of) if of else None
    if of and of != row.sku and parent is None:
        text = f"There is no SKU {of}, nor a good row of it above. Put the row of {of} first."
        return RowProblem(row.line, "variant_of", "UNKNOWN_SKU", text)
    if known is not None:
        product_id = known["product_id"]
        if parent is not None and parent["product_id"] != product_id:
            text = f"{row.sku} is a variant of another product, and stays there. Leave this cell empty."
            return RowProblem(row.line, "variant_of", "OTHER_PRODUCT", text)
        return dict(catalogue.product(product_id)), catalogue.leads[product_id] == row.sku
    if parent is not None:
        return dict(catalogue.product(parent["product_id"])), False
    blank = {"id": new_id(), "name": "", "description": "", "unit": None, "images": [], "option_names": []}
    times = {"created_at": catalogue.now, "updated_at": catalogue.now}
    return {**blank, "group_id": None, "version": 1, **times}, True


def _variant(catalogue: Catalogue, row: SheetRow, known: Row | None, product: Row) -> Row:
    """The variant as it shall be, but for its options."""
    values = VariantValues(sku=row.sku)
    blank = {
        "id": new_id(),
        "product_id": product["id"],
        "sku": row.sku,
        "name": "",
        "options": [],
        **{name: getattr(values, name) for name in _VALUES},
        "created_at": catalogue.now,
        "updated_at": catalogue.now,
    }
    variant = dict(known or blank)
    for name in _VALUES:
        if name in row.cells and not (name in _STAYS and row.cells[name] in ("", None)):
            variant[name] = row.cells[name] if row.cells[name] != "" else None
    variant["name"] = row.cells.get("name") or variant["name"]
    return variant


def _variant_problems(row: SheetRow, variant: Row, known: Row | None) -> Iterator[RowProblem]:
    """What is wrong with what the row says; what it does not say is as it was."""
    values = VariantValues(sku=row.sku, name=variant["name"], **{name: variant[name] for name in _VALUES})
    for problem in variant_problems((), values):
        column = _COLUMN_OF.get(problem.path[0], problem.path[0])
        if column in row.cells:
            yield RowProblem(row.line, column, problem.code, problem.message)
    if known is None and not variant["name"]:
        yield RowProblem(row.line, "name", "MISSING", "Give the product a name.")


def _options(catalogue: Catalogue, row: SheetRow, variant: Row, product: Row, *, is_lead: bool) -> Iterator[RowProblem]:
    """Writes the options into the variant, and their names into a product that has no other variants."""
    given = row.cells.get("options")
    worn = catalogue.worn.get(product["id"], {})
    if given is not None:
        names, values = [name for name, _ in given], [value for _, value in given]
        if is_lead and set(worn.values()) <= {row.sku}:
            product["option_names"] = names
        variant["options"] = values
    else:
        names, values = product["option_names"] if row.sku in catalogue.variants else [], variant["options"]
    if names != product["option_names"]:
        text = f"Give a value of each: {', '.join(product['option_names']) or 'none'}."
        yield RowProblem(row.line, "options", "MISSING", text)
    other = worn.get(tuple(values))
    if values and other not in (None, row.sku):
        yield RowProblem(row.line, "options", "TWICE", f"{other} has these values already.")


def _product(catalogue: Catalogue, row: SheetRow, variant: Row, product: Row) -> Iterator[RowProblem]:
    """Writes what the lead's row says of the whole product."""
    cells = row.cells
    alone = not product["option_names"]
    if name := cells.get("product_name") or (variant["name"] if alone or not product["name"] else ""):
        product["name"] = name
    if variant["name"] and (wrong := name_problem(product["name"])):  # without a name of its own, that is told
        yield RowProblem(row.line, "product_name", *wrong)
    for column in ("description", "unit", "images"):
        if column in cells:
            product[column] = cells[column] or (None if column == "unit" else cells[column])
    for problem in shown_problems(product["description"], product["unit"], product["images"]):
        yield RowProblem(row.line, problem.path[0], problem.code, problem.message)
    if "group" in cells:
        product["group_id"] = catalogue.groups.get(cells["group"])
        if cells["group"] and product["group_id"] is None:
            text = f"There is no product group {cells['group']}. Create it first."
            yield RowProblem(row.line, "group", "UNKNOWN_GROUP", text)


def _keep(catalogue: Catalogue, sku: str, variant: Row, product: Row) -> None:
    catalogue.taken += 1
    catalogue.worn.setdefault(product["id"], {})[tuple(variant["options"])] = sku
    was = catalogue.products.get(product["id"])
    known = catalogue.variants.get(sku)
    if known is None:
        catalogue.new_variants[sku] = variant
        catalogue.leads.setdefault(product["id"], sku)
    elif variant != known:
        catalogue.changed_variants[sku] = {**variant, "updated_at": catalogue.now}
        catalogue.updated_skus.add(sku)
    if was is None:
        catalogue.new_products[product["id"]] = product
        return
    before = catalogue.product(product["id"])
    if product != before or known is None or variant != known:
        product |= {"version": was["version"] + 1, "updated_at": catalogue.now}
        catalogue.changed_products[product["id"]] = product
        if known is not None and product["id"] in catalogue.leads and product != before:
            catalogue.updated_skus.add(sku)
