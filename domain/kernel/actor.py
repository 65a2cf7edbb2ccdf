"""Who does something: a person, a program with a key, a connector, or the house itself."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    PERSON = "person"
    KEY = "key"
    CONNECTOR = "connector"
    SYSTEM = "system"


class Permission(StrEnum):
    """What an actor may be allowed to do; the names follow the guide's permission table (spec SEC-1)."""

    ORDERS_VIEW = "orders.view"
    ORDERS_CREATE = "orders.create"
    ORDERS_EDIT = "orders.edit"
    ORDERS_APPROVE = "orders.approve"
    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    STOCK_EDIT = "stock.edit"
    DELIVERY_NOTES = "warehouse.delivery_notes"
    AWB = "shipping.awb"
    CHANNELS_VIEW = "channels.view"
    CHANNELS_EDIT = "channels.edit"
    SYNC_VIEW = "sync.view"
    SYNC_RUN = "sync.run"


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is what history shows. The system and connectors hold every permission; people and keys what they got."""

    kind: ActorKind
    label: str
    id: UUID | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        return self.kind in (ActorKind.SYSTEM, ActorKind.CONNECTOR) or permission in self.permissions


SYSTEM = Actor(ActorKind.SYSTEM, "system")


def connector_actor(key: str, account: str) -> Actor:
    """The actor of what a connector brings in or carries out, such as `woocommerce:shop-1`."""
    return Actor(ActorKind.CONNECTOR, f"{key}:{account}")
