"""What a channel's words mean for us: its own mappings, and the connector's defaults where it has none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.orders.status import Status

from .models import Channel, ChannelMapping, MappingKind, PaymentKind
from .queries import channel_by_id
from .rules import IGNORE

IGNORED_BY_MAPPING = "orders with this status are left out by the channel's mapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The connector's own meaning of its words; statuses of ours by their names."""

    statuses_in: Mapping[str, str] = field(default_factory=dict)
    statuses_ignored: Mapping[str, str] = field(default_factory=dict)
    statuses_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRules:
    """A channel with the meaning of its words. `ignored` gives the reason; a status that is absent from
    `statuses_out` is not pushed."""

    channel: Channel
    defaults: Defaults
    payment_methods: Mapping[str, PaymentKind]
    statuses_in: Mapping[str, Status]
    ignored: Mapping[str, str]
    statuses_out: Mapping[Status, str]


async def load_rules(session: AsyncSession, channel_id: UUID, defaults: Defaults) -> ChannelRules:
    """The channel with its words as they are mapped now. Raises `NotFound`."""
    channel = await channel_by_id(session, channel_id, anew=True)
    rows = await session.execute(
        select(ChannelMapping.kind, ChannelMapping.source, ChannelMapping.target).where(
            ChannelMapping.channel_id == channel_id
        )
    )
    return combine(channel, defaults, [(row.kind, row.source, row.target) for row in rows])


def combine(channel: Channel, defaults: Defaults, mappings: list[tuple[MappingKind, str, str]]) -> ChannelRules:
    """Lays the channel's mappings over the connector's defaults."""
    statuses_in = {word: Status[name] for word, name in defaults.statuses_in.items()}
    ignored = dict(defaults.statuses_ignored)
    statuses_out = {Status[name]: word for name, word in defaults.statuses_out.items()}
    methods: dict[str, PaymentKind] = {}
    for kind, source, target in mappings:
        if kind is MappingKind.PAYMENT_METHOD:
            methods[source] = PaymentKind(target)
        elif kind is MappingKind.STATUS_OUT:
            statuses_out[Status[source]] = target
        elif target == IGNORE:
            ignored[source] = IGNORED_BY_MAPPING
        else:
            ignored.pop(source, None)
            statuses_in[source] = Status[target]
    return ChannelRules(
        channel=channel,
        defaults=defaults,
        payment_methods=methods,
        statuses_in=statuses_in,
        ignored=ignored,
        statuses_out={status: word for status, word in statuses_out.items() if word},
    )
