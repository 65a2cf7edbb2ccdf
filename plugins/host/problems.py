"""Pydantic's findings in our codes, as sentences that name the field and say what to do.

Codes: MISSING, TOO_SHORT, TOO_LONG, OUT_OF_RANGE, NOT_A_NUMBER, UNKNOWN_FIELD; BAD_VALUE for everything else, with the
words of the connector's own validator where it has some.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from omnisales_sdk import Problem

UNKNOWN_FIELD = "UNKNOWN_FIELD"
BAD_VALUE = "BAD_VALUE"
CREDENTIALS = "credentials"
UNKNOWN_SENTENCE = "There is no {path}. Remove it or spell it right."

_NUMBER = ("NOT_A_NUMBER", "Give {path} as a number.")
_WHOLE = ("NOT_A_NUMBER", "Give {path} as a whole number.")
_TEXT = (BAD_VALUE, "Give {path} as a text.")
_FLAG = (BAD_VALUE, "Give {path} as true or false.")
_LIST = (BAD_VALUE, "Give {path} as a list.")
_OBJECT = (BAD_VALUE, "Give {path} as a JSON object.")
_CHOICE = (BAD_VALUE, "Give {path} as one of: {expected}.")
_ADDRESS = (BAD_VALUE, "Give {path} as an address such as https://shop.example.")
_TIME = (BAD_VALUE, "Give {path} as a time with its zone, such as 2026-05-01T12:00:00Z.")
_SHORT = ("TOO_SHORT", "Give {path} with at least {min_length} {units}.")
_LONG = ("TOO_LONG", "Give {path} with at most {max_length} {units}.")

_BY_TYPE: Mapping[str, tuple[str, str]] = {
    "missing": ("MISSING", "Give {path}."),
    "extra_forbidden": (UNKNOWN_FIELD, UNKNOWN_SENTENCE),
    **dict.fromkeys(("too_short", "string_too_short", "bytes_too_short"), _SHORT),
    **dict.fromkeys(("too_long", "string_too_long", "bytes_too_long"), _LONG),
    "greater_than": ("OUT_OF_RANGE", "Give {path} above {gt}."),
    "greater_than_equal": ("OUT_OF_RANGE", "Give {path} of {ge} or more."),
    "less_than": ("OUT_OF_RANGE", "Give {path} below {lt}."),
    "less_than_equal": ("OUT_OF_RANGE", "Give {path} of {le} or less."),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"), _NUMBER),
    "string_type": _TEXT,
    **dict.fromkeys(("bool_type", "bool_parsing"), _FLAG),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), _LIST),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _OBJECT),
    **dict.fromkeys(("literal_error", "enum"), _CHOICE),
    **dict.fromkeys(("url_type", "url_parsing", "url_scheme", "url_syntax_violation"), _ADDRESS),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"), _TIME),
}
_OWN_WORDS = ("value_error", "assertion_error")


def problems_of(part: str, error: ValidationError) -> Iterator[Problem]:
    """One problem for each finding; paths begin with `part`. No sentence repeats a credential."""
    for one in error.errors(include_url=False):
        path = ".".join(map(str, (part, *one["loc"])))
        code, sentence = _BY_TYPE.get(one["type"], (BAD_VALUE, ""))
        limits = one.get("ctx", {})
        # A pair of braces in a connector's own words is no place to fill in.
        message = (
            sentence.format(path=path, units=_units(one["input"]), **limits) if sentence else _words(part, path, one)
        )
        yield Problem(path=path, code=code, message=message)


def _units(value: object) -> str:
    return "characters" if isinstance(value, (str, bytes)) else "entries"


def _words(part: str, path: str, one: ErrorDetails) -> str:
    words = str(one["ctx"]["error"]) if one["type"] in _OWN_WORDS else one["msg"]
    if not words or (part == CREDENTIALS and any(text in words for text in _texts(one["input"]))):
        # These words go to logs and screens, where no secret may stand.
        return f"Give {path} another value: the connector does not take this one."
    return f"{path} {words}." if words.startswith("must ") else f"{path}: {words}"


def _texts(value: Any) -> Iterator[str]:
    """The texts within a value, which must not be repeated. An empty one cannot be."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value):
        yield str(value)
