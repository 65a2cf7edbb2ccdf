"""What entering a status does, one file each. An effect enters the status itself, last or where its work tells which.

Locks are taken in the order of the house: the order's row (held by the caller), stock levels, the invoice series last.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.status import Status

Effect = Callable[[AsyncSession, Actor, Order, Status, str | None], Awaitable[None]]
