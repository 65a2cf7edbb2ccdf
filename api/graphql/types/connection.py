"""What changes how an account stands with its connector."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute, optional
from domain.shipping.models import ShippingStarts

from .channel import Channel, ConnectionTest
from .refusals import Invalid, NotFound, StaleVersion
from .shipping import CourierAccount


@strawberry.input(
    description="What is left out stays as it is. Settings and credentials are patches (RFC 7396): fields that are "
    "given replace, null removes, others stay; what comes of it is checked as a whole."
)
class ChannelConnectionInput:
    id: strawberry.ID = strawberry.field(description="The channel.")
    expected_version: int = strawberry.field(description="The channel's version that you read.")
    settings: JSON | None = optional("As the connector's settingsSchema says.")
    credentials: JSON | None = optional("As the connector's credentialsSchema says. Kept encrypted, never returned.")
    same_store: bool | None = optional(
        "The address changes, but it is the same store, with the same orders and products. Default: false."
    )


@strawberry.input(
    description="What is left out stays as it is. Settings and credentials are patches (RFC 7396): fields that are "
    "given replace, null removes, others stay; what comes of it is checked as a whole."
)
class CourierAccountUpdateInput:
    id: strawberry.ID = strawberry.field(description="The courier account.")
    expected_version: int = strawberry.field(description="The account's version that you read.")
    title: str | None = optional("Name for people.")
    enabled: bool | None = optional("Switched off, it makes no AWBs and is asked for no tracking.")
    settings: JSON | None = optional("As the connector's settingsSchema says.")
    credentials: JSON | None = optional("As the connector's credentialsSchema says. Kept encrypted, never returned.")
    shipping_starts: ShippingStarts | None = optional("When orders count as handed over, from now on.")


@strawberry.input(description="A new webhook secret for a channel or courier account.")
class WebhookSecretRotateInput:
    id: strawberry.ID = strawberry.field(description="The channel or courier account.")
    expected_version: int = strawberry.field(description="Its version that you read.")
    secret: str | None = optional("The new secret. Left out, a long random one is made.")
    keep_old_hours: int | None = optional(
        "So long the old secret is accepted too, 0 to 720; 0 ends all old ones at once. Default: 24."
    )


@strawberry.type(description="The webhook secret was changed.")
class WebhookSecretRotated:
    version: int = attribute("The version that the channel or account has now.")
    told: bool = attribute("Whether the far side is told by itself, within a minute where it answers.")
    secret: str | None = attribute(
        "The new secret, where it was made here and a person has to enter it at the far side; shown once. Where the "
        "far side signs nothing, it is the last part of the webhook's address."
    )
    old_until: datetime | None = attribute("Until then the old secret is accepted too; null: it is not.")


@strawberry.input(description="Settings and credentials to be tried before they are stored.")
class ConnectionTryInput:
    connector: str = strawberry.field(description="A connector's key.")
    settings: JSON | None = optional("As the connector's settingsSchema says.")
    credentials: JSON | None = optional("As the connector's credentialsSchema says. They are not kept.")


ChannelConnectionResult = Annotated[
    Channel | Invalid | NotFound | StaleVersion,
    strawberry.union("ChannelConnectionResult", description="A channel, or why not."),
]
CourierAccountUpdateResult = Annotated[
    CourierAccount | Invalid | NotFound | StaleVersion,
    strawberry.union("CourierAccountUpdateResult", description="A courier account, or why not."),
]
WebhookSecretResult = Annotated[
    WebhookSecretRotated | Invalid | NotFound | StaleVersion,
    strawberry.union("WebhookSecretResult", description="The change, or why not."),
]
ConnectionTryResult = Annotated[
    ConnectionTest | Invalid,
    strawberry.union("ConnectionTryResult", description="What came of trying, or what is wrong with the form."),
]
