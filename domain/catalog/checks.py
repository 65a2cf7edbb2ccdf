"""What a product and its variants may say, whoever brings it: a form or a file. Pure (spec CAT-1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from domain.kernel.currencies import CURRENCIES
from domain.kernel.money import price_problem
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem

from .gtin import gtin_problem

MAX_SKU = 100
MAX_NAME = 500
MAX_DESCRIPTION = 50_000
MAX_UNIT = 20
MAX_IMAGES = 50
MAX_URL = 2_000
MAX_OPTIONS = 5
MAX_OPTION = 100
MAX_SIZE = Decimal(100_000)
SIZES: Mapping[str, str] = {
    "weight_kg": "weightKg",
    "length_cm": "lengthCm",
    "width_cm": "widthCm",
    "height_cm": "heightCm",
}
_HUNDRED = Decimal(100)
_SIZE_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantValues:
    """A variant as it shall be: `price` is without VAT, `vat_rate` in percent (None: no tax), sizes in cm and kg."""

    sku: str
    name: str | None = None
    options: Sequence[str] = ()
    barcode: str | None = None
    price: Decimal | None = None
    currency: str = "RON"
    vat_rate: Decimal | None = None
    weight_kg: Decimal | None = None
    length_cm: Decimal | None = None
    width_cm: Decimal | None = None
    height_cm: Decimal | None = None
    active: bool = True


def variant_problems(path: Path, values: VariantValues) -> Iterator[Problem]:
    """What is wrong with a variant, field by field."""
    if problem := sku_problem(values.sku):
        yield Problem((*path, "sku"), "BAD_SKU", problem)
    if values.name is not None and (problem := text_problem(values.name, MAX_NAME)):
        yield Problem((*path, "name"), "NOT_A_TEXT", problem)
    if values.barcode is not None and (problem := gtin_problem(values.barcode)):
        yield Problem((*path, "barcode"), "BAD_BARCODE", problem)
    if values.price is not None and (problem := price_problem(values.price)):
        yield Problem((*path, "price"), "OUT_OF_RANGE", problem)
    if values.currency not in CURRENCIES:
        yield Problem((*path, "currency"), "BAD_CURRENCY", "Give an ISO 4217 code such as RON.")
    rate = values.vat_rate
    if rate is not None and not (rate.is_finite() and 0 <= rate <= _HUNDRED and rate == round(rate, 2)):
        yield Problem((*path, "vatRate"), "OUT_OF_RANGE", "Give percent from 0 to 100, with two decimals at most.")
    for name, shown in SIZES.items():
        size = getattr(values, name)
        if size is not None and not (size.is_finite() and 0 < size <= MAX_SIZE and size == round(size, _SIZE_PLACES)):
            text = f"Give a number above 0, at most {MAX_SIZE}, with three decimals at most."
            yield Problem((*path, shown), "OUT_OF_RANGE", text)


def sku_problem(sku: str) -> str | None:
    """Why this cannot be a SKU, or None."""
    if not sku.strip() or len(sku) > MAX_SKU or text_problem(sku):
        return f"Give a SKU of 1 to {MAX_SKU} characters."
    return "Remove the line breaks and tabs." if any(sign < " " for sign in sku.strip()) else None


def name_problem(name: str) -> tuple[str, str] | None:
    """The code and the words for what is wrong with a product's name, or None."""
    if not name.strip():
        return "MISSING", "Give the product a name."
    problem = text_problem(name, MAX_NAME)
    return ("NOT_A_TEXT", problem) if problem else None


def shown_problems(description: str, unit: str | None, images: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with what people see of a product."""
    if problem := text_problem(description, MAX_DESCRIPTION):
        yield Problem(("description",), "NOT_A_TEXT", problem)
    if unit is not None and (problem := text_problem(unit, MAX_UNIT)):
        yield Problem(("unit",), "NOT_A_TEXT", problem)
    if len(images) > MAX_IMAGES:
        yield Problem(("images",), "TOO_MANY", f"Name at most {MAX_IMAGES} images.")
        return
    for place, image in enumerate(images):
        if not _is_address(image):
            text = f"Give an address that begins with http:// or https://, of at most {MAX_URL} characters."
            yield Problem(("images", str(place)), "BAD_URL", text)


def _is_address(text: str) -> bool:
    if text_problem(text, MAX_URL) or any(sign <= " " for sign in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def option_problems(names: Sequence[str], variants: Sequence[VariantValues]) -> Iterator[Problem]:
    """What is wrong with what the variants differ by: each needs a value of each name, and no two the same."""
    if len(names) > MAX_OPTIONS:
        yield Problem(("optionNames",), "TOO_MANY", f"Variants differ by at most {MAX_OPTIONS} things.")
    yield from _word_problems(("optionNames",), names)
    if len({name.strip().casefold() for name in names}) < len(names):
        yield Problem(("optionNames",), "TWICE", "Name each thing that variants differ by once.")
    seen: dict[tuple[str, ...], int] = {}
    for place, variant in enumerate(variants):
        path = ("variants", str(place), "options")
        if len(variant.options) != len(names):
            yield Problem(path, "MISSING", f"Give a value of each: {', '.join(names) or 'none'}.")
            continue
        yield from _word_problems(path, variant.options)
        key = tuple(option.strip().casefold() for option in variant.options)
        if seen.setdefault(key, place) != place and names:
            other = variants[seen[key]].sku
            yield Problem(path, "TWICE", f"{other} has these values already.")


def _word_problems(path: Path, words: Sequence[str]) -> Iterator[Problem]:
    for place, word in enumerate(words):
        if not word.strip() or text_problem(word, MAX_OPTION):
            yield Problem((*path, str(place)), "NOT_A_TEXT", f"Use 1 to {MAX_OPTION} characters.")
