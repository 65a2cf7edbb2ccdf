"""WooCommerce's order statuses, and how they map on ours where the channel says nothing else (spec SYN-6).

Plugins add statuses of their own; those wait for a mapping. The API's words carry no `wc-` prefix.
"""

from omnisales_sdk import OrderStatus, Term, Vocabulary

TRASH = "trash"

VOCABULARY = Vocabulary(
    statuses=(
        Term(key="pending", title="Pending payment"),
        Term(key="on-hold", title="On hold"),
        Term(key="processing", title="Processing"),
        Term(key="completed", title="Completed"),
        Term(key="cancelled", title="Cancelled"),
        Term(key="refunded", title="Refunded"),
        Term(key="failed", title="Failed"),
    ),
    statuses_in={
        "pending": OrderStatus.PENDING_PAYMENT,
        "on-hold": OrderStatus.PENDING_PAYMENT,
        "processing": OrderStatus.PROCESSING,
        "completed": OrderStatus.DELIVERED,
        "cancelled": OrderStatus.CANCELLED,
        "refunded": OrderStatus.REFUND,
        "failed": OrderStatus.FAILED,
    },
    statuses_ignored={
        "checkout-draft": "a buyer has the checkout open, or the store refused the order: nothing was ordered",
        "auto-draft": "an order that somebody began to type in the store's admin",
        TRASH: "the order lies in the store's bin",
    },
    # Cancelling is spec ORD-4; the rest is SYN-6.
    statuses_out={
        OrderStatus.CONFIRMED: "processing",
        OrderStatus.SHIPPING: "processing",
        OrderStatus.DELIVERED: "completed",
        OrderStatus.CANCELLED: "cancelled",
    },
    payment_methods=(
        Term(key="cod", title="Cash on delivery"),
        Term(key="bacs", title="Bank transfer"),
        Term(key="cheque", title="Cheque"),
    ),
)
