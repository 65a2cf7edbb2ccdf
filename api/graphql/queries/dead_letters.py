"""Reading what was given up."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.queries.orders import DEFAULT_PAGE
from api.graphql.types.dead_letters import DeadLetter, DeadLetterConnection, DeadLetterEdge
from api.graphql.types.page import PageInfo
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid
from domain.reads.dead_letters import dead_letter_page, letter_id


async def _dead_letters(info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None) -> DeadLetterConnection:
    before = None
    if after is not None:
        before = letter_id(after)
        if before is None:
            raise invalid(("after",), "BAD_CURSOR", "This is no cursor of this list; take one from its page.")
    async with info.context.read() as connection:
        page = await dead_letter_page(connection, DEFAULT_PAGE if first is None else first, before)
    edges = [
        DeadLetterEdge(
            cursor=str(row.id),
            node=DeadLetter(
                id=strawberry.ID(str(row.id)),
                consumer=row.consumer,
                aggregate=row.aggregate,
                error=row.error,
                attempts=row.attempts,
                created_at=row.created_at,
                died_at=row.died_at,
                correlation_id=row.correlation_id,
            ),
        )
        for row in page.rows
    ]
    return DeadLetterConnection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.more,
            has_previous_page=before is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


_dead_letters_field = root(
    _dead_letters,
    permission=Permission.SYNC_VIEW,
    paged=True,
    description="Work that was given up, newest first; 1 to 200 at a time, after a cursor.",
)


@strawberry.type
class DeadLettersQueries:
    dead_letters: DeadLetterConnection = _dead_letters_field
