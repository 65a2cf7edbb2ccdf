"""Raw payloads as they are shown to those who may not see personal data. Pure.

Far sides name things in their own ways, so that this goes by the sound of names (billing, first_name, telefon) and by
the look of values (e-mails, telephone numbers). It hides too much rather than too little.
"""

import json
import re
from typing import Any

MASK = "***"
_PERSONS = re.compile(
    r"billing|shipping(?!_(lines|total|tax))|address|adresa|customer(?!_id$)|client(?!_id$)|buyer|recipient|receiver|"
    r"sender|consignee|contact|person",
    re.IGNORECASE,
)
"""What holds a person: all texts and numbers within are hidden."""
_PERSONAL = re.compile(
    r"(first|last|full|given|family|middle|user|display|nick|company)[-_ ]?name|^(nume|prenume)$|e[-_]?mail|phone|"
    r"telefon|mobile|^tel$|^fax$|street|strada|^city$|postcode|post_code|zip|postal|company|^vat|^cui$|^cnp$|"
    r"tax[-_]?id|(^|_)ip($|_)|user[-_]?agent|note|comment|birth|iban|card|locker|"
    r"secret|passw|token|authorization|api[-_]?key|consumer[-_]?key|order[-_]?key|credential|signature|cookie",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\d(?:[\s().\-/]?\d){8,14}(?![\w.])")
_NAMED_VALUES = ("key", "name", "label", "display_key")
"""By which a list tells what its `value`s are, as WooCommerce's meta_data does."""


def masked_body(body: bytes) -> str | None:
    """A JSON body without persons and secrets, spaced out; None for what is no JSON, of which nothing can be told."""
    try:
        return json.dumps(masked(json.loads(body)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def masked(value: Any) -> Any:
    """JSON without persons and secrets."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [masked(part) for part in value]
    if isinstance(value, dict):
        told = [value[name] for name in _NAMED_VALUES if isinstance(value.get(name), str)]
        hide = any(_hides(name) for name in told)
        return {
            name: _hidden(part) if _hides(name) or (hide and name not in _NAMED_VALUES) else masked(part)
            for name, part in value.items()
        }
    return value


def _hides(name: str) -> bool:
    return bool(_PERSONAL.search(name) or _PERSONS.search(name))


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_hidden(part) for part in value]
    return value if value is None or value == "" or isinstance(value, bool) else MASK


def _text(text: str) -> str:
    return _PHONE.sub(MASK, _EMAIL.sub(MASK, text))
