"""Dramatiq's transport. Redis carries ids and may be lost at any time: the outbox knows what is to be done."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

# Read by dramatiq when it is imported: how soon a consumer tries again after Redis was away.
os.environ.setdefault("dramatiq_restart_delay", "500")

import redis
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from redis.backoff import NoBackoff
from redis.retry import Retry

ACTOR = "carry_out"
_NAMESPACE = "omnisales"


def connect(url: str) -> redis.Redis:
    """A client that gives up soon on a server that hangs or is away. It connects when it is first used.

    One try more at once is for pooled connections that a restarted server has forgotten.
    """
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1))


class _Consumer(_RedisConsumer):
    """Gives up at once what Redis cannot be told while it is away. Dramatiq would hold a worker's thread until it has
    acknowledged its message, and with it, for a minute, a worker that is told to end; but a message that comes again
    finds nothing to do, and what is not given back the sweep sends again.
    """

    def ack(self, message: Any) -> None:
        with suppress(ConnectionClosed, redis.RedisError):
            super().ack(message)  # type: ignore[no-untyped-call]

    def nack(self, message: Any) -> None:
        with suppress(ConnectionClosed, redis.RedisError):
            super().nack(message)  # type: ignore[no-untyped-call]

    def requeue(self, messages: Iterable[Any]) -> None:
        with suppress(redis.RedisError):
            super().requeue(messages)  # type: ignore[no-untyped-call]


class Broker(RedisBroker):
    """Dramatiq's Redis broker without its delay queues, which we do not use and whose polling would cost as much again
    as that of the queues, and without middleware: the outbox row is the only retry, and hooks have limits of their own.
    """

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(client=client, middleware=[], namespace=_NAMESPACE)  # type: ignore[no-untyped-call]

    @property
    def consumer_class(self) -> type[_Consumer]:
        return _Consumer

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)


def send(broker: Broker, queue: str, consumer: str, ids: Sequence[int]) -> None:
    """Hands pieces of work, by their outbox ids, to whatever worker comes first. Raises `redis.RedisError`."""
    message: Message[Any] = Message(
        queue_name=queue, actor_name=ACTOR, args=(consumer, list(ids)), kwargs={}, options={}
    )
    broker.enqueue(message)


def waiting(client: redis.Redis, queue: str) -> int:
    """How many messages of a queue no worker has taken yet."""
    return int(client.llen(f"{_NAMESPACE}:{queue}"))
