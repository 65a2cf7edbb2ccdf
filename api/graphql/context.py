"""What a resolver has at hand: the process's services, who asks, and the document that is being answered."""

from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from api.services import Services
from domain.kernel.actor import Actor

from .documents import Document
from .lookahead import Selection


@dataclass(slots=True)
class Context:
    """One request. `idempotency_key` and `fingerprint` are set when the caller sent an Idempotency-Key.

    `base_url` is where the caller reached us.
    """

    services: Services
    actor: Actor
    document: Document
    base_url: str
    idempotency_key: str | None = None
    fingerprint: str = ""


Info: TypeAlias = strawberry.Info[Context, None]


def selected(info: Info) -> Selection:
    """What is asked for below the field that is being resolved."""
    return info.context.document.selection(info._raw_info.field_nodes)
