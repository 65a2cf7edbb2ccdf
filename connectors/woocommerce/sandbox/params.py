"""The parameters of a list, checked against their schema with WordPress' own words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .shop import HIDDEN_STATUSES, Shop
from .wire import INVALID_TYPE, invalid_param

ORDERBY = ("date", "id", "include", "title", "slug", "modified")


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Which page of which sorting."""

    page: int
    per_page: int
    orderby: str
    descending: bool


def one_of(name: str, value: str, allowed: Iterable[str], *, shown: str | None = None) -> str:
    words = list(allowed)
    if value not in words:
        listed = f"{', '.join(words[:-1])}, and {words[-1]}"
        raise invalid_param(name, f"{shown or name} is not one of {listed}.", "rest_not_in_enum")
    return value


def integer(name: str, value: str, *, least: int, most: int | None = None) -> int:
    digits = value.removeprefix("-")
    if not digits.isdigit():
        raise invalid_param(name, f"{name} is not of type integer.", INVALID_TYPE)
    number = int(value)
    if most is not None and not least <= number <= most:
        message = f"{name} must be between {least} (inclusive) and {most} (inclusive)"
        raise invalid_param(name, message, "rest_out_of_bounds")
    if number < least:
        raise invalid_param(name, f"{name} must be greater than or equal to {least}", "rest_out_of_bounds")
    return number


def window(params: Mapping[str, str]) -> Window:
    return Window(
        page=integer("page", params.get("page", "1"), least=1),
        per_page=integer("per_page", params.get("per_page", "10"), least=1, most=100),
        orderby=one_of("orderby", params.get("orderby", "date"), ORDERBY),
        descending=one_of("order", params.get("order", "desc"), ("asc", "desc")) == "desc",
    )


def ids(params: Mapping[str, str], name: str) -> set[int]:
    return {integer(f"{name}[{n}]", part, least=0) for n, part in enumerate(params[name].split(","))}


def statuses(shop: Shop, params: Mapping[str, str]) -> list[str]:
    """The statuses asked for, as sent ("any" where nothing was said)."""
    allowed = ("any", "trash", "auto-draft", *shop.statuses)
    asked = params.get("status", "any").split(",")
    for place, status in enumerate(asked):
        one_of("status", status, allowed, shown=f"status[{place}]")
    return asked


def matches_status(status: str, asked: list[str]) -> bool:
    return status in asked or ("any" in asked and status not in HIDDEN_STATUSES)


def bound(shop: Shop, params: Mapping[str, str], name: str) -> datetime:
    """A date bound as UTC, with WooCommerce's trap: recorded in five forms.

    Without `dates_are_gmt` a bare value is shop time and one with a zone is that instant. With the flag a bare value is
    UTC; one with a zone is first turned into shop time, and that is then taken for UTC.
    """
    try:
        at = datetime.fromisoformat(params[name])
    except ValueError:
        raise invalid_param(name, "Invalid date.", "rest_invalid_date") from None
    if params.get("dates_are_gmt", "").lower() in ("1", "true"):
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(shop.zone).replace(tzinfo=UTC)
    return (at.replace(tzinfo=shop.zone) if at.tzinfo is None else at).astimezone(UTC)
