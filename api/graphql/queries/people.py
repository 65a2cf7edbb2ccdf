"""Reading people, and who one is oneself."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Open, Rows, root
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.ids import gid
from api.graphql.types.person import (
    Me,
    Person,
    PersonConnection,
    PersonEdge,
    PersonSession,
    make_person,
    make_session,
)
from domain.access.keys import EVERY_ROLE
from domain.kernel.actor import ActorKind, Permission
from domain.kernel.ids import parse_id
from domain.reads import keyset, people_rows


async def _me(info: Info) -> Me:
    actor, caller = info.context.actor, info.context.caller
    assert actor.id is not None and caller is not None  # every known caller has one
    asked = selected(info)
    person = session = None
    if (actor.kind is ActorKind.PERSON and "person" in asked) or (caller.login and "session" in asked):
        async with info.context.read() as connection:
            if actor.kind is ActorKind.PERSON and "person" in asked:
                [row] = await people_rows.person_by_id(connection, actor.id)
                person = make_person(row)
            if caller.login and "session" in asked:
                [row] = await people_rows.session_by_id(connection, caller.login.id)
                session = make_session(row, caller.login)
    return Me(
        kind=actor.kind,
        id=gid(actor.id),
        name=actor.label,
        person=person,
        roles=sorted(actor.roles | ({EVERY_ROLE} if actor.every_role else set())),
        permissions=sorted(actor.permissions),
        session=session,
        csrf_token=caller.csrf_token,
    )


async def _people(
    info: Info,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PersonConnection:
    window = keyset.window(people_rows.BY_NAME, first=first, after=after, last=last, before=before)
    async with info.context.read() as connection:
        page = await people_rows.people_page(connection, window)
    cursors = [keyset.encode(people_rows.BY_NAME, row[-1], row[0]) for row in page.rows]
    edges = [PersonEdge(cursor=cursor, node=make_person(row)) for cursor, row in zip(cursors, page.rows, strict=True)]
    return PersonConnection(edges=edges, page_info=page_info(page, window, cursors, near=window.place is not None))


async def _person(info: Info, id: strawberry.ID) -> Person | None:
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        rows = await people_rows.person_by_id(connection, key)
    return make_person(rows[0]) if rows else None


async def _sessions(info: Info) -> list[PersonSession]:
    actor, caller = info.context.actor, info.context.caller
    if actor.kind is not ActorKind.PERSON or actor.id is None or caller is None:
        return []
    async with info.context.read() as connection:
        return [make_session(row, caller.login) for row in await people_rows.sessions_of(connection, actor.id)]


async def _person_sessions(info: Info, id: strawberry.ID) -> list[PersonSession]:
    key, caller = parse_id(id), info.context.caller
    if key is None or caller is None:
        return []
    async with info.context.read() as connection:
        return [make_session(row, caller.login) for row in await people_rows.sessions_of(connection, key)]


_me_field = root(
    _me, permission=Open.KNOWN, rows=Rows.NONE, description="Who calls, and what they may: for people and keys."
)
_people_field = root(
    _people,
    permission=Permission.ACCESS_VIEW,
    paged=True,
    description="The staff, by name, who was disabled too; 1 to 200 at a time.",
)
_person_field = root(
    _person, permission=Permission.ACCESS_VIEW, description="One person of the staff; null if there is none."
)
_sessions_field = root(
    _sessions,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    size=5,
    description="Your own sessions that are in force, newest first; at most 50, none for a key.",
)
_person_sessions_field = root(
    _person_sessions,
    permission=Permission.ACCESS_VIEW,
    size=5,
    description="The sessions of a person that are in force, newest first; at most 50.",
)


@strawberry.type
class PeopleQueries:
    me: Me = _me_field
    people: PersonConnection = _people_field
    person: Person | None = _person_field
    sessions: list[PersonSession] = _sessions_field
    person_sessions: list[PersonSession] = _person_sessions_field
