"""The roles that every house begins with (spec SEC-1): those of the guides, with what each needs for its work."""

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id

from .models import Role

_P = Permission
_READ = frozenset({_P.ORDERS_VIEW, _P.CATALOG_VIEW, _P.CHANNELS_VIEW})
_WORK = _READ | {_P.ORDERS_CREATE, _P.ORDERS_EDIT, _P.SYNC_VIEW, _P.DISCOUNTS_VIEW}

PRESETS: Mapping[str, tuple[str, frozenset[Permission]]] = {
    "order_operator": ("Order operator", _WORK | {_P.DELIVERY_NOTES, _P.AWB, _P.SYNC_RUN}),
    "sales_manager": ("Sales manager", _WORK | {_P.ORDERS_APPROVE, _P.SETTINGS_VIEW}),
    "ecommerce_manager": (
        "E-commerce manager",
        _WORK | {_P.ORDERS_APPROVE, _P.CATALOG_EDIT, _P.DISCOUNTS_CREATE, _P.SETTINGS_VIEW, _P.SETTINGS_EDIT},
    ),
    "channel_admin": ("Channel administrator", _READ | {_P.CHANNELS_EDIT, _P.SYNC_VIEW, _P.SYNC_RUN, _P.SETTINGS_VIEW}),
    "returns_supervisor": ("Returns supervisor", _READ),
    "warehouse": ("Warehouse", _READ | {_P.STOCK_EDIT, _P.DELIVERY_NOTES, _P.AWB}),
    "acquisitions": ("Acquisitions", _READ | {_P.PROCUREMENT_EDIT}),
    "finance": ("Finance", _READ | {_P.ORDERS_EDIT, _P.ORDERS_APPROVE}),
    "sales_agent": ("Sales agent", _READ | {_P.ORDERS_CREATE, _P.DISCOUNTS_VIEW}),
}
"""Slug: title and permissions."""


async def ensure_roles(session: AsyncSession) -> None:
    """Makes the presets that are missing; one that was changed stays as it is. May run at every start."""
    now = utc_now()
    rows = [
        {
            "id": new_id(),
            "slug": slug,
            "title": title,
            "permissions": sorted(permissions),
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        for slug, (title, permissions) in PRESETS.items()
    ]
    await session.execute(insert(Role).values(rows).on_conflict_do_nothing(index_elements=["slug"]))
