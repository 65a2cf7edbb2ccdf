"""Raw payloads of stores."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute


@strawberry.type(description="What a store sent, as it arrived.")
class Payload:
    item_id: strawberry.ID = attribute("Our id of what arrived.")
    received_at: datetime = attribute("When it arrived.")
    source: str = attribute("webhook, poll, fetch or api.")
    size: int = attribute("Bytes of the body; 0 once it was purged.")
    headers: JSON = attribute("The headers that were kept, by name.")
    text: str | None = attribute(
        "The body, its first 65,536 characters. Null for what is no text, and for whoever lacks payloads.view what is "
        "no JSON; also when it was purged."
    )
    masked: bool = attribute("Whether personal data and secrets are hidden, since you lack payloads.view.")
    truncated: bool = attribute("Whether the body is longer than what is shown.")
    purged_at: datetime | None = attribute("When the body was thrown away; null while it is kept.")
