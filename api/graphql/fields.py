"""How fields are declared: always with a description; with a permission where it differs from the parent's; lists
with the size that their cost is counted by.

The notes are kept in the field's metadata. They are read once per document, before execution (`documents`), and never
stand in the way of a field's resolver.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLField
from strawberry.types.field import StrawberryField

from domain.kernel.actor import Permission

NOTES = "omnisales"


class Rows(Enum):
    """What a root field is to a caller with a limited view (`Actor.scope`). WHOLE, which is what is not declared: it
    looks at the whole house, and is refused. SCOPED: it shows and changes only what is in view. CHANNELS: so too, for
    who is limited to channels; it is about whole channels, and refused to who sees only their own orders. NONE: it has
    nothing of orders, channels or customers.
    """

    WHOLE = "whole"
    SCOPED = "scoped"
    CHANNELS = "channels"
    NONE = "none"


class Open(Enum):
    """What stands in the place of a root field's permission, said expressly: PUBLIC is for everybody, also who is not
    known; KNOWN for every caller who is.
    """

    PUBLIC = "none, also without logging in"
    KNOWN = "none; every caller may"


@dataclass(frozen=True, slots=True)
class Notes:
    """`permission` None: the parent's is enough; a root field is `open` then. `size` is the number of items that a list
    is expected to have. `paged` fields are connections: their cost is counted by the page that is asked for. `rows`
    counts for root fields.
    """

    permission: Permission | None = None
    size: int | None = None
    paged: bool = False
    rows: Rows = Rows.WHOLE
    open: Open | None = None


NO_NOTES = Notes()


def attribute(
    description: str, *, name: str | None = None, permission: Permission | None = None, size: int | None = None
) -> Any:
    """A field that is an attribute of its object. Lists name the `size` by which their cost is counted."""
    return strawberry.field(name=name, description=description, metadata={NOTES: Notes(permission, size)})


def optional(description: str, *, name: str | None = None) -> Any:
    """A field of an input that may be left out: it is None then, which the schema does not call a default."""
    field = strawberry.field(name=name, description=description, default=None)
    field.default_value = strawberry.UNSET
    return field


def root(
    resolver: Callable[..., Any],
    *,
    permission: Permission | Open,
    description: str,
    size: int | None = None,
    paged: bool = False,
    subscription: bool = False,
    rows: Rows = Rows.WHOLE,
    deprecated: str | None = None,
) -> Any:
    """A field of Query, Mutation or, if it says so, Subscription. Its permission, and whether a caller with a limited
    view may use it, are checked for the whole document before anything runs. `deprecated` says what to use instead.
    """
    open_to = permission if isinstance(permission, Open) else None
    needed = permission if isinstance(permission, Permission) else None
    field = strawberry.field(
        resolver,
        description=f"{description}\n\nPermission: {open_to.value if open_to else needed}.",
        metadata={NOTES: Notes(needed, size, paged, rows, open_to)},
        is_subscription=subscription,
        deprecation_reason=deprecated,
    )
    for argument in field.arguments:
        if argument.default is None:
            argument.default = strawberry.UNSET
    return field


def notes_of(field: GraphQLField) -> Notes:
    """What was noted for a field of the schema; introspection's own fields have no notes."""
    declared = field.extensions.get("strawberry-definition")
    if not isinstance(declared, StrawberryField):
        return NO_NOTES
    notes = declared.metadata.get(NOTES, NO_NOTES)
    assert isinstance(notes, Notes)
    return notes
