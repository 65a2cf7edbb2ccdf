"""Reading raw payloads."""

import asyncio

import strawberry
from strawberry.scalars import JSON

from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.ids import gid
from api.graphql.types.payload import Payload
from domain.audit.record import record as audit
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.privacy.mask import masked, masked_body
from domain.reads.payloads import payload_of_entry
from domain.reads.rows import AnyRow

SHOWN = 65_536


async def _payload(info: Info, diary_entry: strawberry.ID) -> Payload | None:
    key, actor = parse_id(diary_entry), info.context.actor
    if key is None:
        return None
    async with info.context.read() as connection:
        row = await payload_of_entry(connection, key)
    if row is None:
        return None
    whole = actor.may(Permission.PAYLOADS_VIEW)
    if whole and row.purged_at is None:
        async with info.context.begin() as session:
            audit(session, actor, "payload.view", "inbox_item", row.id)
    # Masking reads the whole body, which may be long: nobody else waits for it meanwhile.
    return _shown(row, whole) if whole else await asyncio.to_thread(_shown, row, whole)


def _shown(row: AnyRow, whole: bool) -> Payload:
    text = (_text(row.body) if whole else masked_body(row.body, SHOWN)) if row.purged_at is None else None
    return Payload(
        item_id=gid(row.id),
        received_at=row.received_at,
        source=row.source.value,
        size=len(row.body),
        headers=JSON(row.headers if whole else masked(row.headers)),
        text=None if text is None else text[:SHOWN],
        masked=not whole,
        truncated=text is not None and len(text) > SHOWN,
        purged_at=row.purged_at,
    )


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


_payload_field = root(
    _payload,
    permission=Permission.SYNC_VIEW,
    description=(
        "What arrived, raw, that an entry of the diary is about; null where it is about nothing that arrived. Personal "
        "data and secrets are hidden from callers without payloads.view; that somebody saw it whole is kept in the "
        "audit log."
    ),
)


@strawberry.type
class PayloadsQueries:
    diary_payload: Payload | None = _payload_field
