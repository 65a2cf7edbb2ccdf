"""Reading the audit log."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.parts.order_filter import NOBODY
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.audit import AuditConnection, AuditEdge, AuditFilter, make_audit_entry
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.kernel.texts import text_problem
from domain.reads import audit_log, keyset

_MOST_TEXT = 200


async def _audit_log(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: AuditFilter | None = None
) -> AuditConnection:
    window = keyset.window(audit_log.NEWEST, first=first, after=after, last=None, before=None)
    where = _where(filter or AuditFilter())
    async with info.context.read() as connection:
        page = await audit_log.audit_page(connection, window, where)
    cursors = [keyset.encode(audit_log.NEWEST, row.at, row.id) for row in page.rows]
    return AuditConnection(
        edges=[
            AuditEdge(cursor=cursor, node=make_audit_entry(row)) for cursor, row in zip(cursors, page.rows, strict=True)
        ],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


def _where(asked: AuditFilter) -> audit_log.AuditFilter:
    if asked.from_ is not None and asked.to is not None and asked.to <= asked.from_:
        raise invalid(("filter", "to"), "REVERSED", "Give an end after the start.")
    return audit_log.AuditFilter(
        actor=None if asked.actor is None else parse_id(asked.actor) or NOBODY,
        action=_checked("action", asked.action),
        subject_kind=_checked("subjectKind", asked.subject_kind),
        subject=_checked("subject", asked.subject),
        at_from=asked.from_,
        at_to=asked.to,
    )


def _checked(name: str, text: str | None) -> str | None:
    problem = text_problem(text, _MOST_TEXT) if text is not None else None
    if problem:
        raise invalid(("filter", name), "NOT_A_TEXT", problem)
    return text


_audit_log_field = root(
    _audit_log,
    permission=Permission.AUDIT_VIEW,
    paged=True,
    description=(
        "Who changed settings, roles, keys, people and rules, and who took data out, newest first; 1 to 200 entries at "
        "a time."
    ),
)


@strawberry.type
class AuditQueries:
    audit_log: AuditConnection = _audit_log_field
