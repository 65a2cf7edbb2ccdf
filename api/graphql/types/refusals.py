"""Refusals as types: each class of the domain has its own, and one table says which."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import strawberry

from api.graphql.fields import attribute
from domain.access import reset_password, second_factor
from domain.access.log_in import LogInRefused as LogInRefusal
from domain.approvals import errors as approvals
from domain.changes import cursor as changes
from domain.fulfilment import errors as fulfilment
from domain.kernel import refusals as kernel
from domain.kernel.actor import Permission
from domain.orders import errors as orders
from domain.privacy import errors as privacy
from domain.shipping import errors as shipping
from domain.stock import errors as stock

from .enums import OrderStatus
from .history import HistoryEntry
from .money import Money, money, plain


@strawberry.interface(description="A no that the caller can act on. Nothing was changed.")
class Refusal:
    code: str = attribute("Stable, for programs.")
    message: str = attribute("For people: what is wrong, and what to do.")
    path: list[str] | None = attribute("Where in the input, outermost first; null when it is about the whole.")


@strawberry.type(description="What is wrong with one field of the input.")
class Problem:
    path: list[str] = attribute("The field, outermost first.", size=None)
    code: str = attribute("Stable, for programs.")
    message: str = attribute("What is wrong, and what to do.")


@strawberry.type(description="The input cannot be used; all its problems are named at once.")
class Invalid(Refusal):
    problems: list[Problem] = attribute("Every wrong field.", size=5)


@strawberry.type(description="There is no such thing.")
class NotFound(Refusal):
    pass


@strawberry.type(description="Somebody changed it meanwhile. Read it again and repeat the change.")
class StaleVersion(Refusal):
    current_version: int = attribute("The version that it has now.")
    changes: list[HistoryEntry] = attribute(
        "What happened to an order since the version that you read: the last 50 entries, oldest first. Empty for "
        "other things, and where you named a version that never was.",
        permission=Permission.ORDERS_VIEW,
        size=5,
    )


@strawberry.type(description="The order may not move there, or something bars it.")
class IllegalMove(Refusal):
    from_: OrderStatus = attribute("The status that the order is in.", name="from")
    to: OrderStatus = attribute("The status that was asked for.")
    legal_moves: list[OrderStatus] = attribute("Where it may move now.")


@strawberry.type(description="An approval rule holds the order.")
class NotApproved(Refusal):
    pass


@strawberry.type(description="Another role decides the step of the approval that is due.")
class RoleNeeded(Refusal):
    role: str = attribute("The role's slug.")
    step: int = attribute("The step, from 1.")


@strawberry.type(description="An advance payment is due first.")
class PaymentMissing(Refusal):
    due: Money = attribute("What is still to be paid.")


@strawberry.type(description="What is ordered of a SKU, and what is available.")
class MissingStock:
    sku: str = attribute("The SKU.")
    ordered: Decimal = attribute("The quantity that is needed.")
    available: Decimal = attribute("The quantity that was free then.")
    eta: date | None = strawberry.field(
        default=None,
        description=(
            "On an order in STOCK_UNAVAILABLE: the day by which what is ordered of suppliers covers it, in the "
            "order of entry; null: not known, or there already."
        ),
    )


@strawberry.type(description="There is not enough stock.")
class StockMissing(Refusal):
    missing: list[MissingStock] = attribute("What is missing.", size=5)


@strawberry.type(description="A parcel and what it lacks.")
class IncompleteParcel:
    number: int = attribute("The parcel's number in its list, from 1.")
    missing: list[str] = attribute("The fields that are not filled in.")


@strawberry.type(description="Parcels lack a size or the weight; without them no AWB.")
class ParcelIncomplete(Refusal):
    parcels: list[IncompleteParcel] = attribute("The parcels, each with what it lacks.", size=5)


@strawberry.type(description="The courier said no.")
class CourierRefused(Refusal):
    problems: list[Problem] = attribute("The courier's reasons, per field where it says so.", size=5)


@strawberry.type(
    description="The changes after this cursor are no longer kept. Take a new one, read again, and follow from there."
)
class CursorExpired(Refusal):
    pass


@strawberry.type(
    description="Nobody came in. The words are the same for an unknown address, a wrong password and a locked account."
)
class LogInRefused(Refusal):
    pass


@strawberry.type(
    description="The password is right; a code of the second factor lacks, or does not fit. Send all of it again, with "
    "a code."
)
class SecondFactorNeeded(Refusal):
    wrong: bool = attribute("Whether a code was given, and did not fit or was used before.")


@strawberry.type(description="The link was used, is too old, or never was. Ask for another.")
class TokenRefused(Refusal):
    pass


@strawberry.type(description="An order that is not at its end.")
class OpenOrder:
    id: strawberry.ID = attribute("The order's id.")
    number: str = attribute("Its number.")
    status: OrderStatus = attribute("Where it is.")


@strawberry.type(description="Orders still need the person's data.")
class OrdersOpen(Refusal):
    orders: list[OpenOrder] = attribute(
        "The orders that are not at their end, at most 50.", permission=Permission.ORDERS_VIEW, size=5
    )
    count: int = attribute("How many there are.")
    waiting: int = attribute("How many arrived items name the person and wait to be imported.")


def _common(refusal: kernel.Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "message": refusal.message, "path": list(refusal.path) or None}


def _problems(problems: Any) -> list[Problem]:
    return [Problem(path=list(one.path), code=one.code, message=one.message) for one in problems]


_TYPES: Mapping[type[kernel.Refusal], Callable[[Any], Refusal]] = {
    kernel.Invalid: lambda r: Invalid(**_common(r), problems=_problems(r.problems)),
    kernel.NotFound: lambda r: NotFound(**_common(r)),
    kernel.StaleVersion: lambda r: StaleVersion(**_common(r), current_version=r.current_version, changes=[]),
    orders.IllegalMove: lambda r: IllegalMove(
        **_common(r),
        from_=OrderStatus(r.from_),
        to=OrderStatus(r.to),
        legal_moves=[OrderStatus(status) for status in r.legal_moves],
    ),
    orders.NotApproved: lambda r: NotApproved(**_common(r)),
    approvals.RoleNeeded: lambda r: RoleNeeded(**_common(r), role=r.role, step=r.step),
    orders.PaymentMissing: lambda r: PaymentMissing(**_common(r), due=money(r.due.amount, r.due.currency)),
    stock.StockMissing: lambda r: StockMissing(
        **_common(r),
        missing=[
            MissingStock(sku=one.sku, ordered=plain(one.ordered), available=plain(one.available)) for one in r.missing
        ],
    ),
    fulfilment.ParcelIncomplete: lambda r: ParcelIncomplete(
        **_common(r),
        parcels=[IncompleteParcel(number=one.number, missing=list(one.missing)) for one in r.parcels],
    ),
    changes.CursorExpired: lambda r: CursorExpired(**_common(r)),
    LogInRefusal: lambda r: LogInRefused(**_common(r)),
    second_factor.SecondFactorNeeded: lambda r: SecondFactorNeeded(**_common(r), wrong=r.wrong),
    reset_password.TokenRefused: lambda r: TokenRefused(**_common(r)),
    privacy.OrdersOpen: lambda r: OrdersOpen(
        **_common(r),
        orders=[
            OpenOrder(id=strawberry.ID(str(one.id)), number=str(one.number), status=OrderStatus(one.status))
            for one in r.orders
        ],
        count=r.count,
        waiting=r.waiting,
    ),
    shipping.CourierRefused: lambda r: CourierRefused(**_common(r), problems=_problems(r.problems)),
}


def refusal_as_type(refusal: kernel.Refusal) -> Refusal | None:
    """The GraphQL value for a refusal of the domain; None for one that no union has (`Forbidden`)."""
    make = _TYPES.get(type(refusal))
    return None if make is None else make(refusal)
