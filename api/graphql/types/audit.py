"""The audit log."""

from datetime import datetime
from enum import Enum

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute, optional
from domain.kernel import actor
from domain.reads.rows import AnyRow

from .ids import gid
from .page import PageInfo


@strawberry.enum(description="What kind of actor it was.")
class ActorKind(Enum):
    PERSON = actor.ActorKind.PERSON
    KEY = actor.ActorKind.KEY
    CONNECTOR = actor.ActorKind.CONNECTOR
    SYSTEM = actor.ActorKind.SYSTEM


@strawberry.type(
    description="One change of a setting, a role, a key, a person or a rule, or one export. It never changes."
)
class AuditEntry:
    id: strawberry.ID = attribute("Our id.")
    at: datetime = attribute("When.")
    actor_kind: ActorKind = attribute("A person, a program with a key, a connector, or the house itself.")
    actor_id: strawberry.ID | None = attribute("The id of the person or of the key; null for others.")
    actor: str = attribute("How the actor was called then.")
    action: str = attribute("A noun and a verb, such as channel.update.")
    subject_kind: str = attribute("What kind of thing it was done to, such as channel.")
    subject_id: strawberry.ID | None = attribute("Its id, or what it is known by; null where there is one only.")
    title: str | None = attribute("How people called it then.")
    before: JSON | None = attribute("What differs, as it was; null for what is new. Secrets are shown as ***.")
    after: JSON | None = attribute("What differs, as it is; null for what was removed. Secrets are shown as ***.")
    correlation_id: str | None = attribute("The id under which the logs tell of the request.")
    ip: str | None = attribute("The address that the call came from, as far as we see it.")


@strawberry.type(description="An entry on a page.")
class AuditEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: AuditEntry = attribute("The entry.")


@strawberry.type(description="A page of the audit log, newest first.")
class AuditConnection:
    edges: list[AuditEdge] = attribute("The entries.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.input(description="Which entries; all that is given must hold.")
class AuditFilter:
    actor: strawberry.ID | None = optional("The id of a person or of a key.")
    action: str | None = optional("Exactly this, such as channel.update.")
    subject_kind: str | None = optional("Exactly this, such as channel.")
    subject: str | None = optional("The subjectId of an entry.")
    from_: datetime | None = optional("From then on.", name="from")
    to: datetime | None = optional("Before then.")


def make_audit_entry(row: AnyRow) -> AuditEntry:
    return AuditEntry(
        id=gid(row.id),
        at=row.at,
        actor_kind=ActorKind(row.actor_kind),
        actor_id=None if row.actor_id is None else gid(row.actor_id),
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        title=row.title,
        before=row.before,
        after=row.after,
        correlation_id=row.correlation_id,
        ip=row.ip,
    )
