"""Which orders of a batch are imported in a transaction of their own."""

from domain.channels.vocabulary import ChannelRules
from domain.orders.status import Status

from .import_new import LEFT_THE_HOUSE

HOLDS_GOODS = frozenset({Status.CONFIRMED, Status.READY, Status.STOCK_UNAVAILABLE, Status.SHIPPING, Status.CANCELLED})
"""Entering these may lock stock levels, and after them an invoice series."""


def goes_alone(rules: ChannelRules, word: str) -> bool:
    """Whether importing an order with the status `word` there may take or free goods.

    Each such move locks stock levels in their order, then the series of its invoice. Several in one transaction would
    lock the levels of the second after the series of the first, and deadlock with another worker or a click.
    Confirming later, as work of its own, would do as well, but the order would be seen unconfirmed in between.
    """
    target = rules.statuses_in.get(word)
    return target in HOLDS_GOODS or (rules.channel.auto_confirm and target not in LEFT_THE_HOUSE)
