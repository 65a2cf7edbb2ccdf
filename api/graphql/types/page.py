"""Relay's page information."""

import strawberry

from api.graphql.fields import attribute


@strawberry.type(description="Where a page stands among the others.")
class PageInfo:
    has_next_page: bool = attribute("Whether more follows.")
    has_previous_page: bool = attribute("Whether something comes before.")
    start_cursor: str | None = attribute("The first item's cursor; null on an empty page.")
    end_cursor: str | None = attribute("The last item's cursor; null on an empty page.")
