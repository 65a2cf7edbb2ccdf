"""May this document run? Decided for the whole of it before anything runs: it is valid, allowed, and not too costly."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLError

from domain.kernel.actor import Actor

from . import limits
from .documents import Document, Documents, Operation
from .permissions import forbidden
from .requests import GraphQLRequest
from .schema import executable

DOCUMENTS = Documents(executable)


@dataclass(frozen=True, slots=True)
class Admitted:
    """`cost` is what it may cost with these variables."""

    document: Document
    operation: Operation
    cost: int


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """Why not; `forbidden` where it is the caller who may not."""

    errors: Sequence[GraphQLError]
    forbidden: bool = False


def admit(asked: GraphQLRequest, actor: Actor, *, keep: bool = True) -> Admitted | NotAdmitted:
    """Whether this caller may run this, and as what. `keep`: the document is remembered."""
    document = DOCUMENTS.get(asked.query) if keep else DOCUMENTS.prepare(asked.query)
    if document.errors:
        return NotAdmitted(document.errors)
    operation = document.operation(asked.operation)
    if isinstance(operation, GraphQLError):
        return NotAdmitted([operation])
    refusals = forbidden(operation.needs, actor)
    if refusals:
        return NotAdmitted(refusals, forbidden=True)
    cost = operation.cost.of(asked.variables)
    too_costly = limits.check_cost(cost)
    if too_costly is not None:
        return NotAdmitted([too_costly])
    return Admitted(document, operation, cost)
