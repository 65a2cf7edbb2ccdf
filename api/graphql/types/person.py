"""People and their sessions."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.access.callers import Login
from domain.access.models import SessionKind as Kind
from domain.kernel.actor import ActorKind
from domain.kernel.clock import utc_now
from domain.reads.rows import AnyRow

from .ids import gid
from .page import PageInfo
from .refusals import Invalid, LogInRefused, NotFound, SecondFactorNeeded, StaleVersion, TokenRefused

SessionKind = strawberry.enum(
    Kind,
    name="SessionKind",
    description="COOKIE for browsers, which keep it out of reach of pages; BEARER for programs.",
)
CallerKind = strawberry.enum(ActorKind, name="CallerKind", description="What calls: a person or a program's key.")


@strawberry.type(description="Somebody who has logged in, at one browser or program.")
class PersonSession:
    id: strawberry.ID = attribute("Our id.")
    kind: SessionKind = attribute("How it is proved.")  # type: ignore[valid-type]
    created_at: datetime = attribute("When they logged in.")
    seen_at: datetime = attribute("When it was last used, to about a minute.")
    expires_at: datetime = attribute("When it ends if it is used on; unused, it may end sooner.")
    address: str | None = attribute("From which address they logged in.")
    user_agent: str | None = attribute("With what, by its own word.")
    current: bool = attribute("Whether it is the one that you call with.")


@strawberry.type(description="A person of the staff.")
class Person:
    id: strawberry.ID = attribute("Our id.")
    email: str = attribute("With which they log in, in small letters.")
    name: str = attribute("What history shows as the actor.")
    roles: list[str] = attribute("Slugs of their roles; * for everything there is.")
    seller: str | None = attribute("Their name on orders.")
    own_orders_only: bool = attribute("Whether they see only orders and estimates under that name.")
    team: str | None = attribute("The slug of their team, whose channels they are limited to; null: all channels.")
    has_password: bool = attribute("Whether they can log in; without a password they cannot.")
    password_changed_at: datetime | None = attribute("Since when they have this password.")
    second_factor: bool = attribute("Whether they log in with a code beside the password.")
    disabled_at: datetime | None = attribute("Since when they are not let in; null: they are.")
    locked_until: datetime | None = attribute("Until when wrong passwords keep them out; null: they do not.")
    created_at: datetime = attribute("Since when.")
    version: int = attribute("Grows with every change.")


@strawberry.type(description="A person at their place in the list.")
class PersonEdge:
    cursor: str = attribute("Where this person stands.")
    node: Person = attribute("The person.")


@strawberry.type(description="A page of people.")
class PersonConnection:
    edges: list[PersonEdge] = attribute("The people, by name.")
    page_info: PageInfo = attribute("What comes before and after.")


@strawberry.type(description="You: who calls, and what you may.")
class Me:
    kind: CallerKind = attribute("A person or a key.")  # type: ignore[valid-type]
    id: strawberry.ID = attribute("The person's or key's id.")
    name: str = attribute("What history shows as the actor.")
    person: Person | None = attribute("The person; null for a key.")
    roles: list[str] = attribute("Slugs of the roles; * for every role.")
    permissions: list[str] = attribute("All that you may, by words such as orders.edit.", size=20)
    session: PersonSession | None = attribute("The session that you call with; null for a key.")
    csrf_token: str | None = attribute(
        "What a page sends as X-CSRF-Token with each change; null for who sends no cookie."
    )


@strawberry.type(description="You are in.")
class LoggedIn:
    person: Person = attribute("Who you are.")
    session: PersonSession = attribute("The session that begins.")
    token: str | None = attribute(
        "What to send as Authorization: Bearer, shown this once; null where a cookie was set."
    )
    csrf_token: str | None = attribute("What pages send as X-CSRF-Token with each change; null without a cookie.")


@strawberry.type(description="Sessions that ended.")
class SessionsEnded:
    count: int = attribute("How many were in force until now.")


@strawberry.input(description="Who wants in.")
class LogInInput:
    email: str = strawberry.field(description="The address; capitals do not matter.")
    password: str = strawberry.field(description="12 to 1,024 characters, compared in Unicode's form NFKC.")
    code: str | None = optional(
        "For who has a second factor: the six digits that the app shows, or a recovery code. Each is good once."
    )
    kind: SessionKind = strawberry.field(  # type: ignore[valid-type]
        description="COOKIE sets a cookie and is for pages of our own or an allowed origin; BEARER answers a token."
    )
    remember: bool | None = optional("Whether the session may rest unused, and the browser keep it when it is closed.")


@strawberry.input(description="A person to make.")
class PersonCreateInput:
    email: str = strawberry.field(description="With which they log in; of one person only.")
    name: str = strawberry.field(description="What history shows as the actor, up to 200 characters.")
    roles: list[str] | None = optional("Slugs of roles, or *; only those that you hold.")
    seller: str | None = optional("Their name on orders, up to 200 characters; of one person only.")
    own_orders_only: bool | None = optional("Whether they see only orders and estimates under that name.")
    team: str | None = optional("The slug of a team, whose channels they are limited to; null: all channels.")
    password: str | None = optional("12 to 1,024 characters; null: they cannot log in until one is set.")


@strawberry.input(description="A person as they shall be, all of it.")
class PersonUpdateInput:
    id: strawberry.ID = strawberry.field(description="Whom.")
    expected_version: int = strawberry.field(description="The version that you read.")
    email: str = strawberry.field(description="With which they log in; of one person only.")
    name: str = strawberry.field(description="What history shows as the actor, up to 200 characters.")
    roles: list[str] = strawberry.field(description="Slugs of roles, or *; you can add only those that you hold.")
    seller: str | None = optional("Their name on orders, up to 200 characters; of one person only.")
    own_orders_only: bool | None = optional("Whether they see only orders and estimates under that name.")
    team: str | None = optional("The slug of a team, whose channels they are limited to; null: all channels.")


@strawberry.input(description="A password for somebody else.")
class PersonPasswordSetInput:
    id: strawberry.ID = strawberry.field(description="For whom.")
    expected_version: int = strawberry.field(description="The version that you read.")
    password: str = strawberry.field(description="12 to 1,024 characters, none of the commonest, not their name.")


@strawberry.input(description="A password of one's own.")
class PasswordChangeInput:
    old_password: str = strawberry.field(description="The one that you have. A wrong one counts as a failed log-in.")
    new_password: str = strawberry.field(description="12 to 1,024 characters, none of the commonest, not your name.")


@strawberry.type(description="If there is such a person, they are sent a mail.")
class PasswordResetAsked:
    message: str = attribute("For people; always the same.")


@strawberry.type(description="The password is set. Log in with it.")
class PasswordResetDone:
    email: str = attribute("With which the person logs in.")


@strawberry.type(description="A second factor that is begun.")
class SecondFactorBegun:
    secret: str = attribute("What is typed into the app where it cannot read the QR code; shown this once.")
    uri: str = attribute("What the QR code holds (otpauth); shown this once.")


@strawberry.type(description="A second factor that is asked for from now on.")
class SecondFactorSet:
    recovery_codes: list[str] = attribute("Ten codes, each good once; shown this once. Keep them apart.", size=10)


@strawberry.input(description="A password by a link that was sent.")
class PasswordResetInput:
    token: str = strawberry.field(description="What stands behind #token= in the link.")
    password: str = strawberry.field(description="12 to 1,024 characters, none of the commonest, not your name.")


@strawberry.input(description="What proves that it is you who takes your second factor away.")
class SecondFactorRemoveInput:
    password: str = strawberry.field(description="Yours.")
    code: str = strawberry.field(description="The six digits that the app shows, or a recovery code.")


LogInResult = Annotated[
    LoggedIn | LogInRefused | SecondFactorNeeded,
    strawberry.union("LogInResult", description="The session, or that there is none."),
]
SessionsEndedResult = Annotated[
    SessionsEnded | Invalid | NotFound,
    strawberry.union("SessionsEndedResult", description="How many sessions ended, or why not."),
]
PersonCreateResult = Annotated[
    Person | Invalid, strawberry.union("PersonCreateResult", description="The person, or why not.")
]
PersonResult = Annotated[
    Person | Invalid | NotFound | StaleVersion,
    strawberry.union("PersonResult", description="The person as they are now, or why not."),
]
PasswordChangeResult = Annotated[
    Person | Invalid | NotFound | LogInRefused,
    strawberry.union("PasswordChangeResult", description="You as you are now, or why not."),
]


PasswordResetAskResult = Annotated[
    PasswordResetAsked | Invalid,
    strawberry.union("PasswordResetAskResult", description="That it was asked for, or why not."),
]
PasswordResetResult = Annotated[
    PasswordResetDone | Invalid | TokenRefused,
    strawberry.union("PasswordResetResult", description="That it is set, or why not."),
]
SecondFactorBeginResult = Annotated[
    SecondFactorBegun | Invalid | LogInRefused,
    strawberry.union("SecondFactorBeginResult", description="The secret, or why not."),
]
SecondFactorConfirmResult = Annotated[
    SecondFactorSet | Invalid | SecondFactorNeeded,
    strawberry.union("SecondFactorConfirmResult", description="The recovery codes, or why not."),
]
SecondFactorRemoveResult = Annotated[
    Person | Invalid | LogInRefused | SecondFactorNeeded,
    strawberry.union("SecondFactorRemoveResult", description="You as you are now, or why not."),
]


def make_person(row: AnyRow) -> Person:
    locked = row.locked_until is not None and row.locked_until > utc_now()
    return Person(
        id=gid(row.id),
        email=row.email,
        name=row.name,
        roles=row.roles,
        seller=row.seller,
        own_orders_only=row.own_orders_only,
        team=row.team,
        has_password=row.has_password,
        password_changed_at=row.password_changed_at,
        second_factor=row.second_factor,
        disabled_at=row.disabled_at,
        locked_until=row.locked_until if locked else None,
        created_at=row.created_at,
        version=row.version,
    )


def make_session(row: AnyRow, login: Login | None) -> PersonSession:
    return PersonSession(
        id=gid(row.id),
        kind=row.kind,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        address=row.address,
        user_agent=row.agent,
        current=login is not None and login.id == row.id,
    )
