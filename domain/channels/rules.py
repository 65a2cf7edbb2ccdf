"""What the words of mappings mean. Pure; the words are taken in any case, with spaces, hyphens or underscores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import shown, text_problem
from domain.orders.status import Status

from .models import MappingKind, PaymentKind

LONGEST_WORD = 200
IGNORE = "IGNORE"
NOT_PUSHED = ""

PAYMENT_WORDS: Mapping[str, PaymentKind] = {
    "prepaid": PaymentKind.PREPAID,
    "prepay": PaymentKind.PREPAID,
    "advance": PaymentKind.PREPAID,
    "in_advance": PaymentKind.PREPAID,
    "card": PaymentKind.PREPAID,
    "bank_transfer": PaymentKind.PREPAID,
    "on_delivery": PaymentKind.ON_DELIVERY,
    "cod": PaymentKind.ON_DELIVERY,
    "cash_on_delivery": PaymentKind.ON_DELIVERY,
    "ramburs": PaymentKind.ON_DELIVERY,
    "on_account": PaymentKind.ON_ACCOUNT,
    "account": PaymentKind.ON_ACCOUNT,
    "on_credit": PaymentKind.ON_ACCOUNT,
    "payment_term": PaymentKind.ON_ACCOUNT,
}
"""The words for the kind of a payment method, with their usual synonyms."""

FIELDS: Mapping[MappingKind, str] = {
    MappingKind.PAYMENT_METHOD: "paymentMethods",
    MappingKind.STATUS_IN: "statusesIn",
    MappingKind.STATUS_OUT: "statusesOut",
}
"""The names of the mappings as callers write them."""


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """A word and what it means, as it is stored (see `ChannelMapping`)."""

    kind: MappingKind
    source: str
    target: str


def payment_kind(word: str) -> PaymentKind | None:
    """The kind that a word means; None when it means none."""
    return PAYMENT_WORDS.get(plain_word(word))


def status_word(value: object) -> Status | None:
    """The status that a word ("PENDING_PAYMENT", "pending payment") or a code (2, "2") means."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    plain = plain_word(str(value))
    if plain.isascii() and plain.isdigit():
        return next((status for status in Status if int(status) == int(plain)), None)
    return Status.__members__.get(plain.upper())


def read_mapping(kind: MappingKind, source: str, target: object, path: Path) -> MappingEntry | Problem:
    """Reads one entry of a mapping as a caller wrote it, or says what is wrong with it.

    A payment method means a kind, as a word or as `{"kind": word}`. A status of the store means one of ours, or
    IGNORE. One of ours means a word of the store; the empty text, or null, is not pushed. A word has at most
    `LONGEST_WORD` characters.
    """
    for word in (source, target):
        problem = text_problem(word, LONGEST_WORD) if isinstance(word, str) else None
        if problem:
            return Problem(path, "NOT_A_TEXT", problem)
    if not source.strip():
        return Problem(path, "MISSING", "A mapping needs the word that it maps.")
    return _READERS[kind](source.strip(), target, path)


def read_mappings(fields: Mapping[str, object], path: Path = ("mappings",)) -> tuple[list[MappingEntry], list[Problem]]:
    """Reads whole mappings (`paymentMethods`, `statusesIn`, `statusesOut`), naming every wrong entry at once."""
    entries: list[MappingEntry] = []
    problems: list[Problem] = []
    for kind, name in FIELDS.items():
        words = fields.get(name)
        if words is None:
            continue
        if not isinstance(words, Mapping):
            problems.append(Problem((*path, name), "NOT_AN_OBJECT", f'{name} must be an object such as {{"word": …}}.'))
            continue
        for source, target in words.items():
            read = read_mapping(kind, str(source), target, (*path, name, _named(str(source))))
            if isinstance(read, Problem):
                problems.append(read)
            else:
                entries.append(read)
    return entries, problems


def _named(word: str) -> str:
    """The word as a part of a path: its beginning, and without what no answer can carry."""
    return shown(word).encode(errors="replace").decode()


def _payment_method(source: str, target: object, path: Path) -> MappingEntry | Problem:
    word = target.get("kind") if isinstance(target, Mapping) else target
    kind = payment_kind(word) if isinstance(word, str) else None
    if kind is None:
        kinds = ", ".join(PaymentKind)
        return Problem(path, "UNKNOWN_PAYMENT_KIND", f"{shown(repr(word))} is no kind of payment: use one of {kinds}.")
    return MappingEntry(MappingKind.PAYMENT_METHOD, source, kind.value)


def _status_in(source: str, target: object, path: Path) -> MappingEntry | Problem:
    if isinstance(target, str) and plain_word(target).upper() == IGNORE:
        return MappingEntry(MappingKind.STATUS_IN, source, IGNORE)
    status = status_word(target)
    if status is None:
        return _unknown_status(target, path, f", or {IGNORE}")
    return MappingEntry(MappingKind.STATUS_IN, source, status.name)


def _status_out(source: str, target: object, path: Path) -> MappingEntry | Problem:
    status = status_word(source)
    if status is None:
        return _unknown_status(source, path, "")
    if target is not None and not isinstance(target, str):
        return Problem(path, "NOT_A_WORD", "Give the store's word for it, or the empty text if it is not to be pushed.")
    return MappingEntry(MappingKind.STATUS_OUT, status.name, (target or NOT_PUSHED).strip())


def _unknown_status(value: object, path: Path, more: str) -> Problem:
    words = ", ".join(status.name for status in Status)
    return Problem(path, "UNKNOWN_STATUS", f"{shown(repr(value))} is none of our statuses: use one of {words}{more}.")


def method_allowed(method: str | None, allowed: Sequence[str] | None) -> bool:
    """Whether an order may be paid so; None allows any method, and an order that names none is not judged."""
    if allowed is None or not method:
        return True
    return plain_word(method) in {plain_word(one) for one in allowed}


def plain_word(word: str) -> str:
    """The word as it is compared."""
    return word.strip().lower().replace(" ", "_").replace("-", "_")


_READERS = {
    MappingKind.PAYMENT_METHOD: _payment_method,
    MappingKind.STATUS_IN: _status_in,
    MappingKind.STATUS_OUT: _status_out,
}
