"""What the words of a channel mean, and which mean nothing yet."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.fields import attribute
from domain.channels import models

from .refusals import Invalid, NotFound


@strawberry.enum(description="What a mapping is about.")
class MappingKind(Enum):
    PAYMENT_METHOD = models.MappingKind.PAYMENT_METHOD
    STATUS_IN = models.MappingKind.STATUS_IN
    STATUS_OUT = models.MappingKind.STATUS_OUT


@strawberry.enum(description="Where a meaning comes from.")
class MappingOrigin(Enum):
    DEFAULT = "DEFAULT"
    OWN = "OWN"


@strawberry.type(description="A word and what it means for a channel.")
class Meaning:
    kind: MappingKind = attribute("What it is about.")
    source: str = attribute("The channel's word; for STATUS_OUT our status.")
    target: str = attribute(
        "PAYMENT_METHOD: prepaid, on_delivery or on_account. STATUS_IN: our status, or IGNORE. STATUS_OUT: the "
        'channel\'s word, or "" for not pushed.'
    )
    title: str | None = attribute("The channel's word for people, where the connector has one.")
    origin: MappingOrigin = attribute("DEFAULT: the connector's own meaning. OWN: it was mapped for this channel.")


@strawberry.type(description="A word of a channel that means nothing yet.")
class UnmappedWord:
    kind: MappingKind = attribute("PAYMENT_METHOD or STATUS_IN.")
    word: str = attribute("The channel's word.")
    title: str | None = attribute("The word for people, where the connector has one.")
    waiting: int = attribute("How many items wait for it; 0 for a word that the connector knows and nobody used yet.")
    last_seen_at: datetime | None = attribute("When the last of them came; null where none waits.")


@strawberry.input(description="A word that is to mean again what the connector says.")
class MappingRemoveInput:
    channel: str = strawberry.field(description="The channel's slug or id.")
    kind: MappingKind = strawberry.field(description="What it is about.")
    source: str = strawberry.field(description="The word that is mapped.")


@strawberry.type(description="The channel has no mapping of its own for this word.")
class MappingRemoved:
    channel: str = attribute("The channel's slug.")
    kind: MappingKind = attribute("What it is about.")
    source: str = attribute("The word.")


MappingRemoveResult = Annotated[
    MappingRemoved | Invalid | NotFound,
    strawberry.union("MappingRemoveResult", description="The word without its mapping, or why not."),
]
