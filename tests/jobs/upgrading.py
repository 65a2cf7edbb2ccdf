"""A third party's connector that has moved on: its settings have another form since (version 3).

`region` of settings that cannot be brought up is not a text.
"""

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from omnisales_sdk import Context, ExternalOrder, Ignored, Manifest, RawItem, hookimpl
from tests.jobs import many_orders
from tests.jobs.many_orders import Credentials, parse_webhook

__all__ = ["connector", "parse_order", "parse_webhook"]


class Settings(BaseModel):
    """`prefix` stands before the numbers of orders."""

    model_config = ConfigDict(extra="forbid")

    prefix: str


def upgrade(version: int, settings: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had `region`, version 2 called it `area`, and wanted it in capitals."""
    if version == 1:
        settings["area"] = settings.pop("region").upper()
    return {"prefix": f"{settings['area']}-"}


@hookimpl
def connector() -> Manifest:
    return replace(
        many_orders.connector(),
        key="upgrading",
        settings=Settings,
        settings_version=3,
        upgrade_settings=upgrade,
    )


@hookimpl
def parse_order(ctx: Context[Settings, Credentials], item: RawItem) -> ExternalOrder | Ignored:
    order = many_orders.parse_order(ctx, item)
    if isinstance(order, Ignored):
        return order
    return replace(order, number=f"{ctx.settings.prefix}{order.number}")
