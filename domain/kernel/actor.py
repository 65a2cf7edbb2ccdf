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
    RETURNS_APPROVE = "returns.approve"
    CUSTOMERS_EDIT = "customers.edit"
    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    PRICES_EDIT = "prices.edit"
    DISCOUNTS_VIEW = "discounts.view"
    DISCOUNTS_CREATE = "discounts.create"
    STOCK_EDIT = "stock.edit"
    PROCUREMENT_EDIT = "procurement.edit"
    DELIVERY_NOTES = "warehouse.delivery_notes"
    AWB = "shipping.awb"
    CHANNELS_VIEW = "channels.view"
    CHANNELS_EDIT = "channels.edit"
    SYNC_VIEW = "sync.view"
    SYNC_RUN = "sync.run"
    REPORTS_VIEW = "reports.view"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_EDIT = "settings.edit"
    ACCESS_VIEW = "access.view"
    ACCESS_EDIT = "access.edit"
    AUDIT_VIEW = "audit.view"
    PAYLOADS_VIEW = "payloads.view"
    PRIVACY_EDIT = "privacy.edit"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows an actor sees and works with: orders and estimates of one `seller`, of these `channels` (ids), or of
    both; None is no limit. No channels at all is nothing, not everything.
    """

    seller: str | None = None
    channels: frozenset[UUID] | None = None

    @property
    def everything(self) -> bool:
        return self.seller is None and self.channels is None


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is what history shows. The system and connectors hold every permission; people and keys what they got.

    `roles` are slugs of roles that the actor holds, by which approval steps name who decides; `every_role` is the
    administrator's. The system and connectors hold none: a machine approves nothing. `scope` is enforced where the
    actor's statements are made (`domain.access.scoped`).
    """

    kind: ActorKind
    label: str
    id: UUID | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    every_role: bool = False
    scope: Scope = EVERYTHING

    def may(self, permission: Permission) -> bool:
        return self.kind in (ActorKind.SYSTEM, ActorKind.CONNECTOR) or permission in self.permissions

    def holds(self, role: str) -> bool:
        """Whether the actor holds a role, given by its slug."""
        return self.every_role or role in self.roles


SYSTEM = Actor(ActorKind.SYSTEM, "system")
NOBODY = Actor(ActorKind.PERSON, "nobody")
"""Who is not known: may nothing, holds nothing."""


def connector_actor(key: str, account: str) -> Actor:
    """The actor of what a connector brings in or carries out, such as `woocommerce:shop-1`."""
    return Actor(ActorKind.CONNECTOR, f"{key}:{account}")
