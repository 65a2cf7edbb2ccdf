"""The manual courier's hooks: pure, so that doing them twice is doing them once."""

from datetime import timedelta
from urllib.parse import quote

from omnisales_sdk import (
    Created,
    Kind,
    Manifest,
    Problem,
    Refused,
    ShipmentRef,
    ShipmentRequest,
    Voided,
    hookimpl,
)

from .settings import PLACE, Credentials, Ctx, Settings

_LONGEST = 64


@hookimpl
def connector() -> Manifest:
    return Manifest(
        key="manual",
        title="Manual courier",
        kinds=frozenset({Kind.COURIER}),
        settings=Settings,
        credentials=Credentials,
        settling=timedelta(),
    )


@hookimpl
def create_awb(ctx: Ctx, request: ShipmentRequest) -> Created | Refused:
    """Takes the number that was typed in, without the blanks around it."""
    awb = (request.awb or "").strip()
    if not awb:
        return _refused("required", "Type in the AWB number that the courier gave you.")
    if len(awb) > _LONGEST or not awb.isprintable():
        return _refused("invalid", f"An AWB number has at most {_LONGEST} printable characters.")
    template = ctx.settings.tracking_url_template
    return Created(
        awb=awb,
        refs={"courier": ctx.settings.title},
        tracking_url=template.replace(PLACE, quote(awb, safe="")) or None,
    )


@hookimpl
def void_awb(ctx: Ctx, shipment: ShipmentRef) -> Voided:
    """Ours is void; telling the courier is left to whoever told it of the shipment."""
    return Voided()


def _refused(code: str, message: str) -> Refused:
    return Refused(problems=(Problem(path="awb", code=code, message=message),))
