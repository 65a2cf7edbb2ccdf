"""The roles that every house begins with (spec SEC-1): those of the guides, with what each needs for its work."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id

from .models import Role

ADMINISTRATOR = "administrator"

_P = Permission


@dataclass(frozen=True, slots=True)
class Preset:
    """A role as it is shipped. `before` is what version 1 of it could do in the first release, if that differs: a house
    where nobody changed it follows.
    """

    title: str
    permissions: frozenset[Permission]
    before: frozenset[str] | None = None


_READ = frozenset({_P.ORDERS_VIEW, _P.CATALOG_VIEW, _P.CHANNELS_VIEW})
_WORK = _READ | {_P.ORDERS_CREATE, _P.ORDERS_EDIT, _P.SYNC_VIEW, _P.DISCOUNTS_VIEW}
_FIRST = frozenset(map(str, _READ))
_FIRST_WORK = frozenset(map(str, _WORK))

PRESETS: Mapping[str, Preset] = {
    # Makes the product or corrects the customer that a sync error names, and decides on returns, as the guide has it.
    "order_operator": Preset(
        "Order operator",
        _WORK
        | {_P.DELIVERY_NOTES, _P.AWB, _P.SYNC_RUN, _P.RETURNS_APPROVE}
        | {_P.CUSTOMERS_EDIT, _P.CATALOG_EDIT, _P.REPORTS_VIEW},
        _FIRST_WORK | {"warehouse.delivery_notes", "shipping.awb", "sync.run"},
    ),
    "sales_manager": Preset(
        "Sales manager",
        _WORK | {_P.ORDERS_APPROVE, _P.CUSTOMERS_EDIT, _P.SETTINGS_VIEW, _P.REPORTS_VIEW},
        _FIRST_WORK | {"orders.approve", "settings.view"},
    ),
    # Channels, approval rules, price lists and discounts; rules name roles, hence `access.view`.
    "ecommerce_manager": Preset(
        "E-commerce manager",
        _WORK
        | {_P.ORDERS_APPROVE, _P.CUSTOMERS_EDIT, _P.CATALOG_EDIT, _P.PRICES_EDIT, _P.DISCOUNTS_CREATE}
        | {_P.CHANNELS_EDIT, _P.SYNC_RUN, _P.REPORTS_VIEW, _P.SETTINGS_VIEW, _P.SETTINGS_EDIT, _P.ACCESS_VIEW},
        _FIRST_WORK | {"orders.approve", "catalog.edit", "discounts.create", "settings.view", "settings.edit"},
    ),
    # Resolves sync errors: mappings, products, customers; and looks at what the store really sent.
    "channel_admin": Preset(
        "Channel administrator",
        _READ
        | {_P.CHANNELS_EDIT, _P.CATALOG_EDIT, _P.CUSTOMERS_EDIT, _P.SYNC_VIEW, _P.SYNC_RUN}
        | {_P.REPORTS_VIEW, _P.SETTINGS_VIEW, _P.PAYLOADS_VIEW},
        _FIRST | {"channels.edit", "sync.view", "sync.run", "settings.view"},
    ),
    # Returned goods come in, or are set apart.
    "returns_supervisor": Preset(
        "Returns supervisor",
        _READ | {_P.ORDERS_EDIT, _P.RETURNS_APPROVE, _P.STOCK_EDIT, _P.REPORTS_VIEW},
        _FIRST,
    ),
    "warehouse": Preset("Warehouse", _READ | {_P.STOCK_EDIT, _P.DELIVERY_NOTES, _P.AWB}),
    "acquisitions": Preset("Acquisitions", _READ | {_P.PROCUREMENT_EDIT}),
    # Books payments, and pays back what a return or a cancellation leaves owing.
    "finance": Preset(
        "Finance",
        _READ | {_P.ORDERS_EDIT, _P.ORDERS_APPROVE, _P.RETURNS_APPROVE, _P.REPORTS_VIEW},
        _FIRST | {"orders.edit", "orders.approve"},
    ),
    "sales_agent": Preset("Sales agent", _READ | {_P.ORDERS_CREATE, _P.DISCOUNTS_VIEW}),
    ADMINISTRATOR: Preset("Administrator", frozenset(_P)),
}
"""By slug. Who shall also hold every role, and so decide every approval, is given `*` instead."""


async def ensure_roles(session: AsyncSession) -> None:
    """Makes the presets that are missing, and gives those that nobody ever changed what they are shipped with now; one
    that was changed stays as it is. May run at every start.
    """
    now = utc_now()
    rows = [
        {
            "id": new_id(),
            "slug": slug,
            "title": preset.title,
            "permissions": sorted(preset.permissions),
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        for slug, preset in PRESETS.items()
    ]
    await session.execute(insert(Role).values(rows).on_conflict_do_nothing(index_elements=["slug"]))
    for slug, preset in PRESETS.items():
        if preset.before is not None:
            before, version = Role.permissions == sorted(preset.before), 2
        elif slug == ADMINISTRATOR:
            before, version = Role.permissions != sorted(preset.permissions), 1
        else:
            continue
        await session.execute(
            update(Role)
            .where(Role.slug == slug, Role.version == 1, before)
            .values(permissions=sorted(preset.permissions), version=version, updated_at=now)
            .execution_options(synchronize_session=False)
        )
