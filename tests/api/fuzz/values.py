"""Values that break what is careless, by the type that is expected; and how arguments are spoiled with them."""

import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, GraphQLList, GraphQLNonNull

TEXTS = (
    *("", " ", "\t\n", "a", "x" * 300, "x" * 20_000, "0", "-1", "null", "true", "[]", "{}", "NaN", "1e999"),
    *("\x00", "a\x00b", "\x01", "\x1f", "\x7f", "\x85", "\u2028", "\ufeff", "\u200b", "\u202eabc", "\ufffe", "\uffff"),
    *("\ud800", "a\udfff", "😀", "👩‍👩‍👧", "e\u0301" * 50, "İı", "ß", "ﬁ", "Ⅷ", "٣", "Ａ", "ﷺ", "\U0010ffff"),
    *("'; drop table orders; --", "%", "_", "\\", "\\x", "%s %(a)s {0} {}", "${jndi:x}", "../../etc/passwd", "<b>"),
    *('"', "'", ";", ",", "a,b\nc", '"a', "=1+1", "a@b", "a@b.example", "@", "http://", "https://[", "//a", "file:///"),
    *("00000000-0000-0000-0000-000000000000", "01930000-0000-7000-8000-000000000000", "{x}", "9" * 40, "manual"),
    *("2026-11-22", "9999-12-31", "main", "RON", "ron", "XXX", "admin", "*", "orders.view", "a.b", "sku:", "a:b:c"),
)
NUMBERS = (
    *(0, -0.0, 1, -1, 2, 0.1, 1.5, 200, 201, 10_000, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53 + 1, 2**63),
    *(-(2**63), 10**18, 10**40, 1e18, 1e-12, 1e308, 5e-324, True, False),
)
DECIMALS = (
    *("0", "-0", "1", "-1", "0.001", "0.0001", "1e-12", "1e-13", "999999999999999999", "1e17", "1e18", "1E+2", " 1 "),
    *("999999999999999999.999999999999", "0.000000000001", "99999999999.999", "NaN", "sNaN", "Infinity", "-Infinity"),
    *("", ".", "+", "1.", ".5", "1_000", "1,5", "٣", "0x10", "1e999", "-999999999999999999"),
)
DAYS = (
    *("0001-01-01", "9999-12-31", "1970-01-01", "2026-02-28", "2024-02-29", "2026-02-29", "2026-11-22", "1900-01-01"),
    *("", "x", "2026-W01-1", "20261122", "2026-13-01", "10000-01-01", "-0001-01-01", "0000-00-00", "2026-11-22T00:00"),
)
TIMES = (
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"),
    *("2026-11-22T08:00:00Z", "2026-11-22T08:00:00.123456789Z", "2026-11-22T24:00:00Z", "1969-12-31T23:59:59Z"),
    *("", "x", "2026-11-22T08:00:00", "2026-11-22T08:00:60Z", "2026-11-22T08:00:00+25:00", "infinity", "now"),
    *("2026-11-22T08:00:00+00:00:01", "1900-01-01T00:00:00+01:44", "2026-11-22 08:00:00Z"),
)
ANYTHING: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, "", "x", [], {}, [None], [[]], {"": ""}, {"a": None}, [1, "a", None], {"x" * 300: 1}),
    *(10**30, 1e308, "x" * 20_000, {"a": {"b": {"c": {"d": [1]}}}}, [0] * 2_000, {"a\x00": "\x00"}, {"\ud800": 1}),
)
BY_TYPE: Mapping[str, tuple[Any, ...]] = {
    "String": TEXTS,
    "ID": TEXTS,
    "Int": NUMBERS,
    "Float": NUMBERS,
    "Boolean": (True, False, None, 0, "true"),
    "Decimal": (*DECIMALS, *NUMBERS),
    "Date": DAYS,
    "DateTime": TIMES,
    "JSON": ANYTHING,
}
_SEVERAL = (0, 1, 2, 2, 3, 201, 3_000)
_DEEPEST = 5

Place = tuple[Any, Any, GraphQLInputType]
"""What holds a value, under what key, and of what type it should be."""


def nasty(rng: random.Random, kind: GraphQLInputType, depth: int = 0) -> Any:
    """A value that has the type, more or less."""
    if rng.random() < 0.04:
        return rng.choice(ANYTHING)
    if isinstance(kind, GraphQLNonNull):
        return None if rng.random() < 0.02 else nasty(rng, kind.of_type, depth)
    if isinstance(kind, GraphQLList):
        one = nasty(rng, kind.of_type, depth + 1)
        many = rng.choice(_SEVERAL if len(str(one)) < 100 else (1, 2))
        return (
            [one] * many if rng.random() < 0.5 else [nasty(rng, kind.of_type, depth + 1) for _ in range(min(many, 4))]
        )
    if isinstance(kind, GraphQLEnumType):
        return rng.choice([*kind.values] * 4 + ["NOPE", "", 0, None])
    if isinstance(kind, GraphQLInputObjectType):
        names = list(kind.fields)
        if kind.is_one_of and rng.random() < 0.9:
            names = [rng.choice(names)]
        needed = {name for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
        chance = 0.5 if depth < _DEEPEST else 0.0
        return {
            name: nasty(rng, kind.fields[name].type, depth + 1)
            for name in names
            if name in needed or kind.is_one_of or rng.random() < chance
        }
    return rng.choice(BY_TYPE[kind.name])


def spoiled(rng: random.Random, args: Mapping[str, GraphQLInputType], good: Mapping[str, Any]) -> dict[str, Any]:
    """Good arguments with one to three places made bad: a value, one that is added, or one that is taken away."""
    bad = deepcopy(dict(good))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(bad, args))
        if not places:
            break
        holder, key, kind = rng.choice(places)
        if rng.random() < 0.05 and isinstance(holder, dict):
            holder.pop(key, None)
        else:
            holder[key] = nasty(rng, kind, 1)
    return bad


def _places(value: dict[str, Any], types: Mapping[str, GraphQLInputType]) -> Iterator[Place]:
    """Every place of an object: those that have a value, and those that could."""
    for name, kind in types.items():
        yield value, name, kind
        yield from _below(value.get(name), kind)


def _below(value: Any, kind: GraphQLInputType) -> Iterator[Place]:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLInputObjectType) and isinstance(value, dict):
        yield from _places(value, {name: field.type for name, field in kind.fields.items()})
    elif isinstance(kind, GraphQLList) and isinstance(value, list):
        for place, one in enumerate(value[:20]):
            yield value, place, kind.of_type
            yield from _below(one, kind.of_type)
