"""`omnisales people`: getting people in who cannot help themselves, for whoever runs this."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.database import on_database
from api.cli.refusal import CannotStart, refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.access.models import User
    from domain.kernel.database import Database

app = typer.Typer(help="People of the staff who cannot log in.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="With which the person logs in.")]


@app.command()
def reset_link(email: Email) -> None:
    """Print a link by which the person sets a password, good once and for an hour; links made before end.

    Hand it over safely: whoever opens it has the account. Its address begins with OMNISALES_DESK_URL.
    """
    with refusals_as_sentences():
        settings = Settings.from_env()
        typer.echo(on_database(settings, lambda database: _link(database, settings, email)))


@app.command()
def second_factor_remove(email: Email) -> None:
    """Take away the second factor of somebody who lost phone and recovery codes. Make sure first that it is they."""
    with refusals_as_sentences():
        removed = on_database(Settings.from_env(), lambda database: _removed(database, email))
    typer.echo("Their second factor is gone: the password alone lets them in." if removed else "They have none.")


async def _link(database: "Database", settings: Settings, email: str) -> str:
    from domain.access.links import link_of
    from domain.access.mail_tokens import make_token
    from domain.access.models import TokenKind
    from domain.audit.record import record
    from domain.kernel.actor import SYSTEM

    async with database.begin() as session:
        user = await _person(session, email)
        if user.disabled_at is not None:
            raise CannotStart(f"{user.email} is disabled. Enable them first (personEnable).")
        token = await make_token(session, user.id, TokenKind.RESET, None)
        assert token is not None  # only mails are counted
        record(session, SYSTEM, "person.reset_link", "person", user.id, title=user.name)
    return link_of(settings, TokenKind.RESET, token)


async def _removed(database: "Database", email: str) -> bool:
    from domain.access.second_factor import drop_factor
    from domain.audit.record import record
    from domain.kernel.actor import SYSTEM

    async with database.begin() as session:
        user = await _person(session, email)
        removed = await drop_factor(session, user.id)
        if removed:
            record(session, SYSTEM, "person.second_factor_reset", "person", user.id, title=user.name)
    return removed


async def _person(session: "AsyncSession", email: str) -> "User":
    from sqlalchemy import select

    from domain.access.emails import normalised
    from domain.access.models import User

    user = await session.scalar(select(User).where(User.email == (normalised(email) or "")).with_for_update())
    if user is None:
        raise CannotStart(f"Nobody has the address {email!r}. The query people lists who there is.")
    return user
