"""Whom and what a rule names, as ids: customers, groups, SKUs, channels."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import ProductGroup, Variant
from domain.channels.models import OWN_CHANNELS, Channel
from domain.customers.models import Customer, CustomerGroup
from domain.kernel.ids import parse_id
from domain.kernel.refusals import Problem

from .input import UpsertDiscount

Ids = Mapping[str, list[UUID]]

_BY_KEY: Mapping[str, tuple[Any, Any, str, str]] = {
    "clientGroups": (CustomerGroup.slug, CustomerGroup.id, "UNKNOWN_GROUP", "customer group"),
    "items": (Variant.sku, Variant.id, "UNKNOWN_SKU", "product"),
    "itemGroups": (ProductGroup.slug, ProductGroup.id, "UNKNOWN_GROUP", "product group"),
    "stores": (Channel.slug, Channel.id, "UNKNOWN_CHANNEL", "channel"),
}
"""The dimensions that are named by a key: its column, the id, the code of one that there is not, and its word."""


async def named_ids(session: AsyncSession, rule: UpsertDiscount) -> tuple[Ids, list[Problem]]:
    """The ids of what is named, each once, by dimension; and every name that nobody has. A statement per dimension
    that names something."""
    ids: dict[str, list[UUID]] = {}
    problems: list[Problem] = []
    named = {dimension: keys or () for dimension, keys in rule.named().items()}
    for dimension, (key, row_id, code, word) in _BY_KEY.items():
        wanted = named[dimension]
        query: Select[Any] = select(key, row_id).where(key.in_(wanted))
        found = {row[0]: row[1] for row in await session.execute(query)} if wanted else {}
        ids[dimension] = list(dict.fromkeys(found[one] for one in wanted if one in found))
        problems += _unknown(dimension, wanted, found, code, word)
    ids["clients"], wrong = await _clients(session, named["clients"])
    return ids, [*problems, *wrong, *await _kind_problems(session, named["channels"])]


async def _clients(session: AsyncSession, wanted: Sequence[str]) -> tuple[list[UUID], list[Problem]]:
    keys = {text: parse_id(text) for text in wanted}
    ids = [key for key in keys.values() if key is not None]
    known = set(await session.scalars(select(Customer.id).where(Customer.id.in_(ids)))) if ids else set()
    found = {text: key for text, key in keys.items() if key in known}
    return list(dict.fromkeys(key for key in ids if key in known)), _unknown(
        "clients", wanted, found, "UNKNOWN_CUSTOMER", "customer"
    )


async def _kind_problems(session: AsyncSession, wanted: Sequence[str]) -> list[Problem]:
    if not wanted:
        return []
    kinds = set(OWN_CHANNELS) | set(await session.scalars(select(Channel.connector).distinct()))
    slugs = set(await session.scalars(select(Channel.slug).where(Channel.slug.in_(set(wanted) - kinds))))
    return [
        Problem(
            ("channels", str(place)),
            "UNKNOWN_CHANNEL",
            f"{kind} is one channel and no kind of channels. Name it in stores."
            if kind in slugs
            else f"There is no kind of channels {kind}. There are {', '.join(sorted(kinds))}.",
        )
        for place, kind in enumerate(wanted)
        if kind not in kinds
    ]


def _unknown(dimension: str, wanted: Sequence[str], found: Mapping[str, Any], code: str, word: str) -> list[Problem]:
    return [
        Problem((dimension, str(place)), code, f"There is no {word} {one}. Create it first, or leave it out.")
        for place, one in enumerate(wanted)
        if one not in found
    ]
