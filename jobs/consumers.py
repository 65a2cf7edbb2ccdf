"""Who does what: every consumer that may stand in an outbox row."""

from collections.abc import Mapping
from datetime import timedelta

from .handlers import (
    awb,
    bulk,
    fetch_order,
    fetch_orders,
    house,
    intake,
    label,
    mail,
    mail_person,
    privacy,
    push_status,
    react,
    track,
    void,
    webhooks,
)
from .queues import BULK, DOCUMENTS, INTAKE, NOTIFY, PUSH, REACT, SHIPPING
from .work import Consumer

CONSUMERS: Mapping[str, Consumer] = {
    "react": Consumer(queue=REACT, handle=react.one, together=react.together, batch=react.BATCH),
    "intake": Consumer(
        queue=INTAKE,
        handle=intake.one,
        together=intake.together,
        batch=intake.BATCH,
        attempts=8,
        gave_up=intake.gave_up,
    ),
    "fetch_order": Consumer(queue=PUSH, handle=fetch_order.fetch, attempts=12, gave_up=intake.gave_up),
    "fetch_orders": Consumer(
        queue=BULK,
        handle=fetch_orders.fetch,
        attempts=4,
        first_pause=timedelta(seconds=5),
        gave_up=fetch_orders.gave_up,
    ),
    "push_status": Consumer(
        queue=PUSH,
        handle=push_status.push,
        attempts=12,
        first_pause=timedelta(seconds=5),
        gave_up=push_status.gave_up,
    ),
    "awb_create": Consumer(queue=SHIPPING, handle=awb.create, gave_up=awb.gave_up, attempts=30, patient=False),
    "awb_void": Consumer(queue=SHIPPING, handle=void.void, gave_up=void.gave_up, attempts=12, patient=False),
    "fetch_label": Consumer(queue=DOCUMENTS, handle=label.fetch, attempts=20),
    "track": Consumer(queue=BULK, handle=track.track, attempts=3, first_pause=timedelta(seconds=20)),
    "ensure_webhooks": Consumer(queue=BULK, handle=webhooks.ensure, attempts=5, first_pause=timedelta(seconds=20)),
    "mail": Consumer(
        queue=NOTIFY,
        handle=mail.send,
        attempts=12,
        first_pause=timedelta(seconds=20),
        gave_up=mail.gave_up,
    ),
    "mail_person": Consumer(queue=NOTIFY, handle=mail_person.send, attempts=12, first_pause=timedelta(seconds=20)),
    "bulk_run": Consumer(queue=BULK, handle=bulk.run, attempts=20),
    "purge": Consumer(queue=BULK, handle=privacy.purge_old, attempts=3),
    "erase_person": Consumer(queue=BULK, handle=privacy.erase, attempts=30),
    "fold_counts": Consumer(queue=BULK, handle=house.fold, attempts=3),
    "forget_keys": Consumer(queue=BULK, handle=house.forget_keys, attempts=3),
    "tidy_procurement": Consumer(queue=BULK, handle=house.tidy_procurement, attempts=3),
    "check_pre_orders": Consumer(queue=BULK, handle=house.check_pre_orders, attempts=3),
    "expire_holds": Consumer(queue=BULK, handle=house.expire_holds, attempts=3),
    "forget_changes": Consumer(queue=BULK, handle=house.forget_changes, attempts=3),
}
