"""The scalars Decimal, DateTime, Date and JSON: exact, aware, and strict about what they take."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    IntValueNode,
    StringValueNode,
    ValueNode,
    print_ast,
)
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

_LONGEST = 60
_MOST_DIGITS_BEFORE = 18
_MOST_DIGITS_AFTER = 12
_EXACT_FLOAT_DIGITS = 15
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def _bad(type_name: str, value: object, what_to_do: str) -> GraphQLError:
    shown = repr(value)
    if len(shown) > _LONGEST:
        shown = shown[:_LONGEST] + "…"
    return GraphQLError(f"{type_name} cannot be {shown}. {what_to_do}", extensions={"code": "BAD_USER_INPUT"})


def decimal_of(value: object) -> Decimal:
    """A Decimal from a JSON text or number. Raises `GraphQLError` for what is not an exact, bounded number.

    A JSON number with a fraction went through a binary float on its way here: up to 15 digits that is exact; with
    more it is refused rather than changed in silence.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _bad("Decimal", value, 'Send a text such as "12.50", or a number.')
    text = repr(value) if isinstance(value, float) else str(value).strip()
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise _bad("Decimal", value, 'Send a text such as "12.50", or a number.')
    number = Decimal(text)
    if isinstance(value, float) and len(number.as_tuple().digits) > _EXACT_FLOAT_DIGITS:
        raise _bad("Decimal", value, f"Send a number with more than {_EXACT_FLOAT_DIGITS} digits as a text.")
    return bounded(number, value)


def bounded(number: Decimal, value: object) -> Decimal:
    """`number`, in plain notation; refused when it is too large or too fine to be an amount, price or quantity."""
    if number and (number.adjusted() >= _MOST_DIGITS_BEFORE or -int(number.as_tuple().exponent) > _MOST_DIGITS_AFTER):
        limits = f"{_MOST_DIGITS_BEFORE} digits before the point and {_MOST_DIGITS_AFTER} after it"
        raise _bad("Decimal", value, f"At most {limits}.")
    try:
        return Decimal(f"{number:f}")
    except InvalidOperation as error:
        raise _bad("Decimal", value, 'Send a text such as "12.50", or a number.') from error


def _decimal_literal(node: ValueNode, _variables: dict[str, Any] | None = None) -> Decimal:
    if not isinstance(node, (StringValueNode, IntValueNode, FloatValueNode)):
        raise _bad("Decimal", print_ast(node), 'Send a text such as "12.50", or a number.')
    return decimal_of(node.value)


def _decimal_text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def datetime_of(value: object) -> datetime:
    """An aware time, as UTC. Raises `GraphQLError` for a time without a zone, since nobody could know what it means."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _bad("DateTime", value, 'Send an ISO 8601 time with its zone, such as "2026-11-20T08:30:00Z".')
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _bad("DateTime", value, "Send a time from year 1 to 9999.") from None


def date_of(value: object) -> date:
    """A calendar day."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _bad("Date", value, 'Send a day such as "2026-11-20".')


def _text_literal(node: ValueNode) -> object:
    return node.value if isinstance(node, StringValueNode) else print_ast(node)


def _datetime_literal(node: ValueNode, _variables: dict[str, Any] | None = None) -> datetime:
    return datetime_of(_text_literal(node))


def _date_literal(node: ValueNode, _variables: dict[str, Any] | None = None) -> date:
    return date_of(_text_literal(node))


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def _definition(origin: Any, scalar: GraphQLScalarType) -> ScalarDefinition:
    return ScalarDefinition(
        name=scalar.name,
        description=scalar.description,
        specified_by_url=scalar.specified_by_url,
        serialize=None,
        parse_value=None,
        parse_literal=None,
        origin=origin,
        implementation=scalar,
    )


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: _definition(
        Decimal,
        GraphQLScalarType(
            "Decimal",
            description=(
                "An exact decimal number, written as a text. Input takes a text or a number: at most 18 digits before "
                "the point and 12 after it; no NaN, no infinity."
            ),
            serialize=_decimal_text,
            parse_value=decimal_of,
            parse_literal=_decimal_literal,
        ),
    ),
    datetime: _definition(
        datetime,
        GraphQLScalarType(
            "DateTime",
            description="A moment, ISO 8601 with its zone; answers are UTC. Input without a zone is refused.",
            serialize=_iso,
            parse_value=datetime_of,
            parse_literal=_datetime_literal,
        ),
    ),
    date: _definition(
        date,
        GraphQLScalarType(
            "Date",
            description="A calendar day, such as 2026-11-20.",
            serialize=_iso,
            parse_value=date_of,
            parse_literal=_date_literal,
        ),
    ),
    JSON: _definition(
        JSON,
        GraphQLScalarType("JSON", description="Any JSON value.", serialize=lambda value: value),
    ),
}
