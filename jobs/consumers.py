"""Who does what: every consumer that may stand in an outbox row."""

from collections.abc import Mapping
from datetime import timedelta

from .handlers import awb, house, label, track, void, webhooks
from .queues import BULK, DOCUMENTS, SHIPPING
from .work import Consumer

CONSUMERS: Mapping[str, Consumer] = {
    "awb_create": Consumer(queue=SHIPPING, handle=awb.create, gave_up=awb.gave_up, attempts=30),
    "awb_void": Consumer(queue=SHIPPING, handle=void.void, gave_up=void.gave_up, attempts=12),
    "fetch_label": Consumer(queue=DOCUMENTS, handle=label.fetch, attempts=20),
    "track": Consumer(queue=BULK, handle=track.track, attempts=3, first_pause=timedelta(seconds=20)),
    "ensure_webhooks": Consumer(queue=BULK, handle=webhooks.ensure, attempts=5, first_pause=timedelta(seconds=20)),
    "fold_counts": Consumer(queue=BULK, handle=house.fold, attempts=3),
    "forget_keys": Consumer(queue=BULK, handle=house.forget_keys, attempts=3),
}
