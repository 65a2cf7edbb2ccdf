"""What tests of people need: a person with a password that costs next to nothing to compare with."""

from collections.abc import Sequence
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.create_user import CreateUser, create_user
from domain.access.hashing import Passwords
from domain.access.log_in import LogIn
from domain.access.models import SessionKind, User
from domain.access.people_rules import Person
from domain.access.sessions import Visitor
from domain.kernel.actor import Actor
from domain.kernel.secrets import Vault
from tests.support.builders import OPERATOR

MEMORY_KIB = 64
VAULT = Vault("k" * 32)
PASSWORD = "correct pony battery staple"
WRONG = "wrong pony battery staple"

_serial = count(1)


def cheap(**options: int) -> Passwords:
    return Passwords(MEMORY_KIB, **options)


async def make_person(
    session: AsyncSession,
    *,
    email: str | None = None,
    name: str = "Ana Pop",
    roles: Sequence[str] = (),
    password: str | None = PASSWORD,
    actor: Actor = OPERATOR,
    **fields: object,
) -> User:
    person = Person(email=email or f"person-{next(_serial)}@shop.example", name=name, roles=roles, **fields)  # type: ignore[arg-type]
    return await create_user(session, actor, cheap(), CreateUser(person=person, password=password))


def attempt(
    user: User | str, password: str = PASSWORD, kind: SessionKind = SessionKind.BEARER, code: str | None = None
) -> LogIn:
    email = user if isinstance(user, str) else user.email
    return LogIn(email=email, password=password, code=code, visitor=Visitor(kind=kind))
