"""Whose sale it is, when a seller with a limited view enters or changes it (spec SEC-1)."""

from domain.kernel.actor import Actor
from domain.kernel.refusals import Problem


def seller_problems(actor: Actor, given: str | None, *, emptied: bool = False) -> list[Problem]:
    """Why this actor cannot give a sale this seller: whoever sees own orders only keeps them their own."""
    own = actor.scope.seller
    if own is None or (not emptied and (given is None or given.strip() == own)):
        return []
    return [Problem(("seller",), "NOT_YOURS", f"You work with the orders of {own} alone; leave the seller away.")]


def seller_of(actor: Actor, given: str | None) -> str | None:
    """The seller of a new sale: what was given, or whoever enters it."""
    return given if actor.scope.seller is None else actor.scope.seller
