"""What may be asked without being known: documents of root fields that are PUBLIC, and nothing else.

It is looked at before anything costly is done: a stranger's document is short, is not kept among those that are ready,
and learns nothing of the schema.
"""

from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.requests import Request

from .fields import Open, notes_of
from .idempotency import RequestRefused
from .requests import GraphQLRequest, read_request
from .schema import executable

MAX_BYTES = 20_000
_MAX_TOKENS = 400

_ROOTS = {OperationType.QUERY: executable.query_type, OperationType.MUTATION: executable.mutation_type}
PUBLIC = frozenset(
    (operation, name)
    for operation, root in _ROOTS.items()
    for name, field in (root.fields.items() if root else ())
    if notes_of(field).open is Open.PUBLIC
)
"""Operation and name of every root field that is for everybody."""


async def public_request(request: Request) -> GraphQLRequest | None:
    """What a stranger asks, if it may be asked; None: he has to say who he is first."""
    if request.method != "POST":
        return None
    try:
        asked = await read_request(request, MAX_BYTES)
    except RequestRefused:
        return None
    return asked if is_public(asked.query) else None


def is_public(text: str) -> bool:
    """Whether every root field of every operation is. Fragments at the root are not looked into: they are not."""
    try:
        tree = parse(text, no_location=True, max_tokens=_MAX_TOKENS)
    except (GraphQLError, RecursionError):
        return False
    operations = [node for node in tree.definitions if isinstance(node, OperationDefinitionNode)]
    return bool(operations) and all(
        isinstance(one, FieldNode) and (operation.operation, one.name.value) in PUBLIC
        for operation in operations
        for one in operation.selection_set.selections
    )
