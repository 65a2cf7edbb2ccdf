"""Causes for which an arrived item waits: their keys, the words for people, and the lock against a lost release."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.locks import lock_names


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an item waits: `key` such as `sku:ABC-1`, a sentence, and what to do."""

    key: str
    message: str
    remedy: str


def unknown_sku(sku: str) -> Cause:
    return Cause(
        f"sku:{sku}",
        f"There is no product with the SKU {sku}.",
        f"Create the product {sku}; what waits for it is then imported by itself.",
    )


def unknown_variant(external_id: str, name: str) -> Cause:
    return Cause(
        f"variant:{external_id}",
        f"The product “{name}” ({external_id} in the store) has no SKU there and is tied to none of ours.",
        "Tie it to one of our SKUs (listing), or give it a SKU in the store and replay.",
    )


def unmapped_payment_method(method: str) -> Cause:
    return Cause(
        f"payment_method:{method}",
        f"The payment method {method} of the store is not mapped.",
        f"Map {method} to prepaid, on delivery or on account; what waits for it is then imported by itself.",
    )


NOT_ALLOWED = "payment_not_allowed:"
DISABLED = "channel:disabled"


def payment_not_allowed(method: str) -> Cause:
    return Cause(
        f"payment_not_allowed:{method}",
        f"The channel does not allow the payment method {method}.",
        f"Allow {method} on the channel, or have the order paid otherwise; what waits is then imported by itself.",
    )


def channel_disabled() -> Cause:
    return Cause(
        "channel:disabled",
        "The channel is switched off.",
        "Switch the channel on; what came meanwhile is then imported by itself.",
    )


def unmapped_status(status: str) -> Cause:
    return Cause(
        f"status:{status}",
        f"The order status {status} of the store is not mapped.",
        f"Map {status} to one of our statuses, or to IGNORE; what waits for it is then imported by itself.",
    )


def ambiguous_customer(email: str, count: int) -> Cause:
    return Cause(
        f"customer:{email}",
        f"{count} customers have the e-mail {email}, so the order's buyer is not clear.",
        "Merge them, or change the e-mail of all but one, then replay.",
    )


_EVERY = "every cause"


async def hold_causes(session: AsyncSession, keys: Iterable[str]) -> None:
    """Keeps the causes from being released until this transaction ends.

    Between "the SKU is unknown" and "this item waits for it" the SKU may be created, and its release would find
    nobody waiting. So an import takes this lock, looks once more, and only then writes that it waits.
    """
    await lock_names(session, [_EVERY, *(f"cause:{key}" for key in keys)], shared=True)


async def claim_cause(session: AsyncSession, key: str) -> None:
    """Waits for imports that are just about to wait for the cause, so that its release finds them."""
    await lock_names(session, [f"cause:{key}"])


async def claim_causes(session: AsyncSession) -> None:
    """As `claim_cause`, for every cause at once: thousands of locks would not fit into the database's memory."""
    await lock_names(session, [_EVERY])
