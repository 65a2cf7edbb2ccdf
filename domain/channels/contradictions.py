"""Settings that contradict each other, a rule a row. Pure; each refusal names all fields of its rule."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.invoicing.models import InvoiceKind
from domain.kernel.refusals import Problem
from domain.pricing.models import Level

from .models import COUNTER, OWN_CHANNELS


class PriceListFacts(NamedTuple):
    slug: str
    level: Level
    currency: str
    archived: bool


class SeriesFacts(NamedTuple):
    prefix: str
    entity_id: UUID
    kind: InvoiceKind | None


class Picture(NamedTuple):
    """A channel as it would be. `entity_id` is the legal entity that the caller names, if one is named; `priced_in` the
    currency that the delivery fee was given in."""

    connector: str
    enabled: bool
    currency: str
    order_type: str | None
    has_fee: bool
    priced_in: str
    has_groups: bool
    warehouse_active: bool
    price_list: PriceListFacts | None
    invoice_series: SeriesFacts
    credit_series: SeriesFacts
    entity_id: UUID | None = None

    @property
    def imports(self) -> bool:
        return self.connector not in OWN_CHANNELS


class Rule(NamedTuple):
    """What may not be: the fields that it is about, whether a picture breaks it, and the words for people."""

    fields: Sequence[str]
    broken: Callable[[Picture], bool]
    words: str
    code: str = "CONTRADICTION"


def contradictions(picture: Picture, touched: Collection[str]) -> Iterator[Problem]:
    """What the picture breaks of the rules that the touched fields have to do with: what was so before is not told to
    whoever changes something else."""
    for rule in RULES:
        if not set(rule.fields).isdisjoint(touched) and rule.broken(picture):
            for field in rule.fields:
                yield Problem((field,), rule.code, rule.words)


def _list_is(test: Callable[[PriceListFacts, Picture], bool]) -> Callable[[Picture], bool]:
    return lambda one: one.price_list is not None and test(one.price_list, one)


RULES: Sequence[Rule] = (
    Rule(
        ("enabled", "warehouse"),
        lambda one: one.enabled and not one.warehouse_active,
        "The channel's warehouse is switched off: name another one, or switch it on first.",
    ),
    Rule(
        ("priceList",),
        _list_is(lambda found, _: found.archived),
        "The price list was archived: name another one.",
        "ARCHIVED",
    ),
    Rule(
        ("priceList",),
        _list_is(lambda found, _: found.level is not Level.CHANNEL),
        "The price list is for customers or groups: name one that is for channels.",
        "WRONG_LEVEL",
    ),
    Rule(
        ("priceList", "currency"),
        _list_is(lambda found, one: found.currency != one.currency),
        "The price list is in another currency than the channel.",
    ),
    Rule(
        ("deliveryFee", "currency"),
        lambda one: one.has_fee and one.priced_in != one.currency,
        "The delivery fee was given in the currency of before: give it anew, or clear it.",
    ),
    Rule(
        ("deliveryFee", "connector"),
        lambda one: one.has_fee and one.imports,
        "Orders of this channel bring their own shipping: only the house's own channels have a delivery fee.",
    ),
    Rule(
        ("clientGroups", "connector"),
        lambda one: one.has_groups and one.imports,
        "Orders of this channel are imported, whoever placed them: only the house's own channels have client groups.",
    ),
    Rule(
        ("orderType", "connector"),
        lambda one: one.order_type is not None and COUNTER in (one.order_type, one.connector),
        "Sales at the counter are a type of their own, which no approval rule holds.",
    ),
    Rule(
        ("invoiceSeries", "creditSeries"),
        lambda one: one.invoice_series.entity_id != one.credit_series.entity_id,
        "Both series must belong to one legal entity.",
    ),
    Rule(
        ("legalEntity", "invoiceSeries"),
        lambda one: one.entity_id not in (None, one.invoice_series.entity_id),
        "The series of invoices belongs to another legal entity: name one of its own.",
    ),
    Rule(
        ("legalEntity", "creditSeries"),
        lambda one: one.entity_id not in (None, one.credit_series.entity_id),
        "The series of credit notes belongs to another legal entity: name one of its own.",
    ),
    Rule(
        ("invoiceSeries",),
        lambda one: one.invoice_series.kind is InvoiceKind.CREDIT_NOTE,
        "This series is for credit notes.",
        "WRONG_KIND",
    ),
    Rule(
        ("creditSeries",),
        lambda one: one.credit_series.kind is InvoiceKind.INVOICE,
        "This series is for invoices.",
        "WRONG_KIND",
    ),
)
"""Every rule. A payment method list or a group list that is empty is refused before, by itself (`form`)."""
