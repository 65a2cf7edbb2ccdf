"""A line of an order. All its amounts are without tax, whatever the store's prices hold."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from omnisales_sdk import ExternalLine

from .values import Json, amount, identity, records, text


def line(entry: Json, rates: Mapping[str, Decimal]) -> ExternalLine:
    """One line. `price` is not used: it is a float with noise.

    `sku` is the product's today, not the one ordered; it and `variant` are None for a product that was deleted or that
    there never was. The line then keeps its name and amounts, and waits for a person.
    """
    return ExternalLine(
        external_id=str(entry.get("id", "")),
        name=text(entry, "name"),
        quantity=amount(entry, "quantity"),
        subtotal=amount(entry, "subtotal"),
        total=amount(entry, "total"),
        tax=amount(entry, "total_tax"),
        variant=identity(entry.get("variation_id")) or identity(entry.get("product_id")),
        sku=text(entry, "sku") or None,
        tax_rate=_tax_rate(entry, rates),
        extra=_extra(entry),
    )


def _tax_rate(entry: Json, rates: Mapping[str, Decimal]) -> Decimal | None:
    """The rate in percent; 0 for an untaxed line, None where several rates meet or the store does not tell."""
    taxes = [tax for tax in records(entry, "taxes") if tax.get("total") not in (None, "")]
    if not taxes:
        return Decimal(0)
    return rates.get(str(taxes[0].get("id"))) if len(taxes) == 1 else None


def _extra(entry: Json) -> dict[str, Any]:
    values = {
        "product_id": identity(entry.get("product_id")),
        "variation_id": identity(entry.get("variation_id")),
        "gtin": text(entry, "global_unique_id"),
        "attributes": _attributes(entry),
    }
    return {name: value for name, value in values.items() if value}


def _attributes(entry: Json) -> dict[str, str]:
    """What people read of a variation ("Culoare": "Roșu"). Keys with _ are WooCommerce's own noise."""
    return {
        text(meta, "display_key"): text(meta, "display_value")
        for meta in records(entry, "meta_data")
        if not str(meta.get("key", "")).startswith("_") and isinstance(meta.get("display_value"), str)
    }
