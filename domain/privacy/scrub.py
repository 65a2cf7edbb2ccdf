"""Taking a person out of texts and JSON. Pure.

Fields that hold personal data by their nature lose all their texts. In all others what is known of the person is taken
out: whole names, e-mails, telephone numbers however they are spaced, streets, tax ids. What was bought, amounts and
statuses stay, so that history still proves them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ERASED = "(erased)"
SHORTEST = 4
"""A shorter word is not looked for: it would take parts of others' texts away."""
_PHONE_DIGITS = 9
_BETWEEN = r"[\s().\-/]*"

PERSONAL = frozenset(
    {
        *("shipping", "billing", "address", "buyer", "customer"),
        *("email", "phone", "company", "tax_id", "buyer_tax_id", "street", "city", "county", "postcode"),
        *("delivery_point", "delivery_point_name", "metafields", "ticket"),
    }
)
"""Fields whose texts all go."""
_CONTENTS = frozenset({"lines", "charges", "totals", "missing", "without_stock", "without_product", "requests"})
"""What was bought: only e-mails and telephone numbers are taken out of it, since goods may be named as people are."""
_STAYS = frozenset({"country"})
_FIELD_CHANGES = frozenset({"note", *PERSONAL})


@dataclass(frozen=True)
class Words:
    """What is known of a person: `names` (and companies, streets, tax ids), `emails`, `phones`."""

    names: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def __or__(self, other: "Words") -> "Words":
        return Words(self.names | other.names, self.emails | other.emails, self.phones | other.phones)

    @cached_property
    def exact(self) -> re.Pattern[str] | None:
        """Finds e-mails and telephone numbers."""
        return _pattern([*map(re.escape, _longest_first(self.emails)), *_phone_patterns(self.phones)])

    @cached_property
    def every(self) -> re.Pattern[str] | None:
        """Finds names too, and each part of a name."""
        parts = {part for name in self.names for part in (name, *name.split()) if not part.isdigit()}
        known = [*map(re.escape, _longest_first({*self.emails, *parts})), *_phone_patterns(self.phones)]
        return _pattern(known)

    def as_json(self) -> dict[str, list[str]]:
        return {"names": sorted(self.names), "emails": sorted(self.emails), "phones": sorted(self.phones)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Words":
        return cls(*(frozenset(value[name]) for name in ("names", "emails", "phones")))


def words_of(*sources: Mapping[str, Any] | None) -> Words:
    """The words of people and addresses, given by their fields."""
    found = [source for source in sources if source]

    def texts(*names: str) -> frozenset[str]:
        values = (str(source.get(name) or "").strip() for source in found for name in names)
        return frozenset(value for value in values if len(value) >= SHORTEST)

    return Words(
        names=texts("name", "company", "street", "tax_id"),
        emails=frozenset(email.lower() for email in texts("email")),
        phones=frozenset(phone for phone in texts("phone") if len(digits(phone)) >= 6),
    )


def digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def scrubbed_text(text: str, words: Words) -> str:
    """A free text without the person."""
    return words.every.sub(ERASED, text) if words.every else text


def scrubbed(value: Any, words: Words) -> Any:
    """JSON without the person. Numbers, ids of ours and the order of things stay."""
    if isinstance(value, str):
        return scrubbed_text(value, words)
    if isinstance(value, list):
        return [scrubbed(part, words) for part in value]
    if isinstance(value, dict):
        return {name: _field(name, part, words) for name, part in value.items()}
    return value


def _field(name: str, value: Any, words: Words) -> Any:
    if name in PERSONAL or (name in _FIELD_CHANGES and isinstance(value, dict)):
        return blanked(value)
    if name in _CONTENTS:
        return _contents(value, words)
    return scrubbed(value, words)


def blanked(value: Any) -> Any:
    """All texts erased but for the country; what is empty stays so."""
    if isinstance(value, dict):
        return {name: part if name in _STAYS else blanked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [blanked(part) for part in value]
    return ERASED if isinstance(value, str) and value else value


def _contents(value: Any, words: Words) -> Any:
    if isinstance(value, dict):
        return {name: _contents(part, words) for name, part in value.items()}
    if isinstance(value, list):
        return [_contents(part, words) for part in value]
    if isinstance(value, str) and words.exact is not None:
        return words.exact.sub(ERASED, value)
    return value


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str] | None:
    found = "|".join(alternatives)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE) if found else None


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted((text for text in texts if len(text) >= SHORTEST), key=lambda text: (-len(text), text))


def _phone_patterns(phones: Iterable[str]) -> list[str]:
    """Each number by its last digits, with or without prefix, however it is spaced."""
    ends = sorted({digits(phone)[-_PHONE_DIGITS:] for phone in phones})
    return [rf"[+(]*(?:\d{_BETWEEN}){{0,4}}{_BETWEEN.join(end)}" for end in ends]
