"""Courier accounts, shipments, tracking."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute, optional
from domain.kernel.actor import Permission
from domain.shipping.models import ShipmentStatus, ShippingStarts

from .account_standing import AccountStanding
from .money import Money, MoneyInput
from .refusals import CourierRefused, IllegalMove, Invalid, NotFound, ParcelIncomplete, Problem


@strawberry.type(description="A contract with a courier.")
class CourierAccount:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("Short name, unique.")
    title: str = attribute("Name for people.")
    connector: str = attribute("The courier connector's key.")
    enabled: bool = attribute("Whether AWBs can be asked of it.")
    shipping_starts: ShippingStarts = attribute("When an order counts as handed over.")
    settings: JSON = attribute("The connector's settings; never the credentials.", permission=Permission.CHANNELS_VIEW)
    webhook_url: str | None = attribute(
        "Where the courier sends tracking; null where it does not. Where it cannot sign, the secret is to be added as "
        "the last part of the path.",
        permission=Permission.CHANNELS_VIEW,
    )
    connection: AccountStanding = attribute("How it stands with its connector.", permission=Permission.CHANNELS_VIEW)
    version: int = attribute("Counts its changes; a change names the version that was read.")


@strawberry.type(description="One scan of a parcel, as the courier told it.")
class TrackingEvent:
    at: datetime = attribute("When, by the courier's clock.")
    code: str = attribute("The courier's code.")
    text: str = attribute("The courier's words.")
    status: ShipmentStatus | None = attribute("What it means; null: nothing changes.")
    location: str = attribute("Where; may be empty.")


@strawberry.type(description="An AWB, from its request on.")
class Shipment:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    courier: str = attribute("The slug of the courier account.")
    service: str | None = attribute("The courier's service.")
    awb: str | None = attribute("The number; null until the courier gave it.")
    tracking_url: str | None = attribute("The courier's page for the receiver.")
    label_url: str | None = attribute(
        "Where the label (PDF) is served; null while there is no AWB, and for couriers that give none."
    )
    status: ShipmentStatus = attribute("Where it is.")
    cash_on_delivery: Money | None = attribute("What the courier collects.")
    price: Money | None = attribute("What the courier asks.")
    note: str | None = attribute("The note for the courier.")
    attention: str | None = attribute("What a person should look at.")
    problems: list[Problem] = attribute("Why the courier refused it; empty where it did not.", size=3)
    packing_list_id: strawberry.ID = attribute("The packing list that it ships.")
    created_at: datetime = attribute("When it was asked for.")
    started_at: datetime | None = attribute("When it counted as handed over.")
    delivered_at: datetime | None = attribute("When it was delivered.")
    events: list[TrackingEvent] = attribute("All scans, oldest first.", size=10)


@strawberry.input(description="A courier account to be made.")
class CourierAccountInput:
    slug: str = strawberry.field(description="Lower-case letters, digits, - and _; unique.")
    title: str = strawberry.field(description="Name for people.")
    connector: str = strawberry.field(description="A courier connector's key.")
    settings: JSON | None = optional("As the connector's settingsSchema says.")
    credentials: JSON | None = optional("As the connector's credentialsSchema says. Kept encrypted, never returned.")
    shipping_starts: ShippingStarts | None = optional("Default: what the courier does, mostly AWB.")


@strawberry.input(description="account: the slug of a courier account.")
class AwbInput:
    packing_list: strawberry.ID = strawberry.field(description="An approved packing list.")
    account: str = strawberry.field(description="The slug of a courier account.")
    service: str | None = optional("The courier's service; null: the account's default.")
    cash_on_delivery: MoneyInput | None = optional(
        "What to collect: at most the order's total without what is paid or collected with another AWB (OUT_OF_RANGE). "
        "Null: what is due of an order paid on delivery."
    )
    note: str | None = optional("For the courier.")
    awb: str | None = optional("The number, for a courier whose AWBs are typed in by hand.")


CourierAccountResult = Annotated[
    CourierAccount | Invalid, strawberry.union("CourierAccountResult", description="A courier account, or why not.")
]
ShipmentResult = Annotated[
    Shipment | Invalid | NotFound | ParcelIncomplete | CourierRefused | IllegalMove,
    strawberry.union("ShipmentResult", description="A shipment, or why not."),
]


@strawberry.input(description="What a person found at the courier's.")
class AwbResolveInput:
    id: strawberry.ID = strawberry.field(description="The shipment whose outcome is unknown.")
    awb: str | None = optional("Its AWB; null: the courier has none.")
