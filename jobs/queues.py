"""The queues, and how a worker shares its threads among them: a slow courier delays no import."""

REACT = "react"
INTAKE = "intake"
PUSH = "push"
SHIPPING = "shipping"
DOCUMENTS = "documents"
BULK = "bulk"
NOTIFY = "notify"

SHARES = {REACT: 1, INTAKE: 3, PUSH: 4, SHIPPING: 4, DOCUMENTS: 2, BULK: 2, NOTIFY: 1}
"""Threads of each queue when there are 17 in all."""


def threads_of(queue: str, total: int) -> int:
    """How many of `total` threads a queue gets; never none."""
    return max(1, round(total * SHARES[queue] / sum(SHARES.values())))
