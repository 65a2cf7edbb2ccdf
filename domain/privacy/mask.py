"""Raw payloads as they are shown to those who may not see personal data. Pure.

Far sides name things in their own ways, so that nobody can list what is personal. What is listed is what is not: ids,
states, amounts, dates and the names of goods are shown where both their name and their look say so; every other text is
hidden. It hides too much rather than too little. Its time grows with the body's length, and no faster.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

MASK = "***"
_PERSONS = re.compile(
    r"billing|shipping(?!_(lines|total|tax))|address|adres|customer(?!_id$)|client(?!_id$)|buyer|recipient|receiver|"
    r"sender|consignee|contact|person|destinatar|expeditor|beneficiar|cumparator|livrare|facturare|"
    r"(ship|bill|deliver|sold|invoice)(y|ed)?[-_ ]?(to(?!tal)|from)|"
    r"(first|last|full|given|family|middle|user|display|nick|company)[-_ ]?name|(^|_)(nume|prenume)(_|$)|e[-_]?mail|"
    r"phone|telefon|mobile|^tel$|^fax$|street|strada|(^|_)city|localitate|judet|postcode|post_code|zip|postal|company|^vat|"
    r"^cui$|^cnp$|(?<!ware)house|apart|tax[-_]?id|national|(^|_)ip($|_)|user[-_]?agent|device|session|note|comment|birth|iban|"
    r"card|locker|(^|_)(lat|lng|lon|latitude|longitude)$|geo|coord|"
    r"secret|passw|token|authorization|api[-_]?key|consumer[-_]?key|order[-_]?key|credential|signature|cookie",
    re.IGNORECASE,
)
"""What holds a person or a secret: all texts and numbers within are hidden."""
_NAME = re.compile(r"(?!.{0,63}\d{9})[A-Za-z_][\w.:-]{0,63}|\d{1,6}")
"""A name of a field; whatever else stands there may be an e-mail, a telephone number or a person."""
_TOLD = re.compile(r"(?!.{0,63}\d{9})[a-z_][a-z0-9_.:-]{0,63}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-. :]")

_ID = re.compile(r"(?:^|_)(?:ids?|sku|ean|gtin|barcode|uuid|guid|awb)$|^(?:order_|invoice_|tracking_)?number$")
_WORD = re.compile(r"(?:^|_)(?:status|currency|type|method|version|via|topic|event|resource|kind|mode)$")
_AMOUNT = re.compile(
    r"(?:^|_)(?:(?:sub)?total|price|amount|tax|discount|fee|cost|quantity|qty|weight|rate|percent|net|gross|refund|"
    r"width|height|length|count|size|stock|volume|position)(?:_|$)"
)
_DATE = re.compile(
    r"(?:^|_)(?:date|at|gmt|time|timestamp|created|updated|modified|paid|completed|since|until|expires|shipped|"
    r"delivered|closed|cancelled|processed)(?:_|$)"
)
_ID_LOOK = re.compile(r"[\w.:/#-]{1,64}")
_WORD_LOOK = re.compile(r"[A-Za-z0-9][\w.:/-]{0,63}(?:; ?charset=[\w-]{1,20})?")
_AMOUNT_LOOK = re.compile(r"-?\d{1,8}(?:[.,]\d{1,8})?")
_DATE_LOOK = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)?")
_NEVER_PHONES = (_AMOUNT_LOOK, _DATE_LOOK)
_PLAIN = frozenset({"", "yes", "no", "true", "false", "on", "off"})

_LISTS = re.compile(r"(^|_)(items|lines|products|articles)$")
_GOODS = {"sku", "quantity", "qty", "product_id", "variant_id", "variation_id"}
_GOODS_NAMES = {"name", "title", "product_name"}
_LONGEST_GOODS = 200
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\d(?:[\s().\-/]?\d){8,14}(?![\w.])")
_PHONES = 10**8
"""Numbers from here on may be telephone numbers."""
_SECONDS = range(10**9, 4 * 10**9)
_MILLISECONDS = range(10**12, 4 * 10**12)
"""Moments of our days, as numbers."""

_NAMED_VALUES = ("key", "name", "label", "display_key")
"""By which a list tells what its `value`s are, as WooCommerce's meta_data does."""


def masked_body(body: bytes, longest: int | None = None) -> str | None:
    """A JSON body without persons and secrets, spaced out; None for what is no JSON, of which nothing can be told.

    With `longest`, hardly more than so many characters of it are written. What UTF-8 cannot hold becomes `?`.
    """
    try:
        parts = json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(masked(json.loads(body)))
        text = "".join(parts if longest is None else _first(parts, longest))
    except (ValueError, RecursionError):
        return None
    return text.encode("utf-8", "replace").decode()


def _first(parts: Iterable[str], longest: int) -> Iterator[str]:
    written = 0
    for part in parts:
        yield part
        written += len(part)
        if written > longest:
            return


def masked(value: Any, name: str = "") -> Any:
    """JSON without persons and secrets; `name` is that of the field that holds it."""
    if isinstance(value, list):
        return [masked(part, name) for part in value]
    if isinstance(value, dict):
        return _object(value, name)
    return value if value is None or isinstance(value, bool) or _shows(name, value) else MASK


def _object(value: dict[str, Any], name: str) -> dict[str, Any]:
    told = [str(value[one]) for one in _NAMED_VALUES if isinstance(value.get(one), str)] if "value" in value else []
    hide = any(_hides(one) for one in told)
    goods = bool(_LISTS.search(_words(name))) and not _GOODS.isdisjoint(value)
    shown: dict[str, Any] = {}
    for place, (key, part) in enumerate(value.items()):
        field = key if _NAME.fullmatch(key) else f"{MASK}{place}"
        if told and key in _NAMED_VALUES:
            shown[field] = part if isinstance(part, str) and _TOLD.fullmatch(part) else _hidden(part)
        elif goods and key in _GOODS_NAMES and isinstance(part, str):
            shown[field] = part if _is_goods(part) else MASK
        elif hide or _hides(key):
            shown[field] = _hidden(part)
        else:
            shown[field] = masked(part, told[0] if told and key == "value" else key)
    return shown


def _hides(name: str) -> bool:
    return not _NAME.fullmatch(name) or bool(_PERSONS.search(name))


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name if _NAME.fullmatch(name) else f"{MASK}{place}": _hidden(part)
            for place, (name, part) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [_hidden(part) for part in value]
    return value if value is None or value == "" or isinstance(value, bool) else MASK


def _shows(name: str, value: str | float) -> bool:
    """Whether what stands in a field of this name is surely no person."""
    words = _words(name)
    is_id, is_date = _ID.search(words), _DATE.search(words)
    if not isinstance(value, str):
        moment = is_date and (value in _SECONDS or value in _MILLISECONDS)
        return bool(is_id or abs(value) < _PHONES or moment)
    return value in _PLAIN or any(
        named and look.fullmatch(value) and (look in _NEVER_PHONES or not _PHONE.search(value))
        for named, look in (
            (is_id, _ID_LOOK),
            (_WORD.search(words), _WORD_LOOK),
            (is_date, _DATE_LOOK),
            (_AMOUNT.search(words), _AMOUNT_LOOK),
        )
    )


def _words(name: str) -> str:
    """camelCase and kebab-case as snake_case; nothing for what is no name."""
    return _CAMEL.sub("_", name).lower() if _NAME.fullmatch(name) else ""


def _is_goods(text: str) -> bool:
    return len(text) <= _LONGEST_GOODS and "@" not in text and not _PHONE.search(text)
