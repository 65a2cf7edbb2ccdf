"""Who does what: every consumer that may stand in an outbox row."""

from collections.abc import Mapping

from .work import Consumer

CONSUMERS: Mapping[str, Consumer] = {}
