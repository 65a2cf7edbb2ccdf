"""The statuses of an order and the table of its moves."""

from enum import IntEnum


class Status(IntEnum):
    """The guide's statuses, by their codes (spec ORD-2). This is the only place where the codes stand."""

    DRAFT = 0
    PROCESSING = 1
    PENDING_PAYMENT = 2
    CONFIRMED = 3
    SHIPPING = 4
    DELIVERED = 5
    REFUND = 6
    RETURN = 7
    CANCELLED = 8
    ON_HOLD = 9
    FAILED = 10
    RETURN_PENDING = 11
    PARTIAL_RETURN = 12
    PARTIAL_REFUND = 13
    PAID = 14
    READY = 15
    STOCK_UNAVAILABLE = 16
