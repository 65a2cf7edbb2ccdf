"""What a resolver has at hand: the process's services, who asks, and the document that is being answered."""

from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from starlette.requests import Request

from api.services import Services
from domain.kernel.actor import Actor

from .documents import Document
from .lookahead import Selection


@dataclass(slots=True)
class Context:
    """One request. `idempotency_key` and `fingerprint` are set when the caller sent an Idempotency-Key."""

    services: Services
    actor: Actor
    document: Document
    request: Request
    idempotency_key: str | None = None
    fingerprint: str = ""

    @property
    def base_url(self) -> str:
        """Where the caller reached us. Few fields ask for it, and to find it out costs as much as ten of the others."""
        return self.services.settings.public_url or str(self.request.base_url).rstrip("/")


Info: TypeAlias = strawberry.Info[Context, None]


def selected(info: Info) -> Selection:
    """What is asked for below the field that is being resolved."""
    return info.context.document.selection(info._raw_info.field_nodes)
