"""`omnisales init`: looks at each setting and server, migrates, makes the first administrator and the first key."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.refusal import CannotStart, refusals_as_sentences
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from api.cli.init.finding import Finding
    from api.cli.init.first import Wanted

NOT_WELL = 1
_WIDTH = 27


@dataclass
class Outcome:
    """What was found and done. A password or key is in it when it was made just now, and never again; `advice` says
    what to do where nobody has it, since the terminal or the program was gone before it was shown.
    """

    findings: "list[Finding]" = field(default_factory=list)
    administrator: str | None = None
    made_administrator: bool = False
    password: str | None = None
    key_name: str | None = None
    key: str | None = None
    well: bool = False
    advice: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """The options."""

    email: str | None
    name: str | None
    password_stdin: bool
    make_password: bool
    api_key: str | None
    roles: list[str]
    quiet: bool


def init(
    check: Annotated[bool, typer.Option("--check", help="Only look; change nothing.")] = False,
    admin_email: Annotated[str | None, typer.Option(help="E-mail address of the first administrator.")] = None,
    admin_name: Annotated[str | None, typer.Option(help="Their name (else: asked, or the address).")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read their password from stdin.")] = False,
    make_password: Annotated[
        bool, typer.Option("--make-password", help="Make a password for them, and show it once.")
    ] = False,
    api_key: Annotated[str | None, typer.Option(help="Make an API key of this name, and show it once.")] = None,
    api_key_role: Annotated[
        list[str] | None, typer.Option(help="A role of the key (else administrator); may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Set up a house for production: look at settings and servers, migrate, make the first administrator and key.

    Running it again changes nothing that is there: no second administrator, no new password, no second key of a name.
    Exit code 1 when something is wrong or nobody administers the house, 2 when an option or setting cannot be used.
    """
    asked = Asked(
        admin_email, admin_name, password_stdin, make_password, api_key, api_key_role or ["administrator"], as_json
    )
    with refusals_as_sentences():
        if password_stdin and make_password:
            raise CannotStart("Give --password-stdin or --make-password, not both.")
        outcome = _looked(Settings.from_env(), asked)
        if outcome.well and not check:
            _set_up(Settings.from_env(), asked, outcome)
    if as_json:
        typer.echo(json.dumps(asdict(outcome), indent=2, ensure_ascii=False))
    raise typer.Exit(0 if outcome.well else NOT_WELL)


def _looked(settings: Settings, asked: Asked) -> Outcome:
    from api.cli.init.finding import State
    from api.cli.init.servers import look_at_servers
    from api.cli.init.settings import look_at_settings

    findings = [*look_at_settings(settings), *asyncio.run(look_at_servers(settings))]
    for one in findings:
        _say(asked, f"{one.state:<6} {one.what:<{_WIDTH}} {one.words}")
    well = all(one.state is not State.WRONG for one in findings)
    if not well:
        _say(asked, "\nMend what is wrong, and run it again. Nothing was changed.")
    return Outcome(findings, well=well)


def _set_up(settings: Settings, asked: Asked, outcome: Outcome) -> None:
    outcome.administrator = asyncio.run(_migrated(settings))
    _say(asked, "\nThe database has the newest form.")
    wanted = None if outcome.administrator else _wanted(asked, outcome)
    asyncio.run(_made(settings, asked, wanted, outcome))
    if outcome.made_administrator:
        shown = f", with the password {outcome.password} (shown this once)" if outcome.password else ""
        _say(asked, f"{outcome.administrator} administers the house{shown}.")
    elif outcome.administrator:
        _say(asked, f"{outcome.administrator} administers the house already; nothing was changed.")
        _advise(asked, outcome, f"Without their password: omnisales people reset-link {outcome.administrator}")
    else:
        outcome.well = False
        _say(asked, "Nobody administers the house yet: run it again with --admin-email.")
    if outcome.key:
        _say(asked, f"The API key {outcome.key_name} is {outcome.key} (shown this once).")
    elif asked.api_key:
        _say(asked, f"There is an API key {asked.api_key} already; none was made.")
        _advise(
            asked, outcome, "If nobody has it: make one of another --api-key name, and end this one (apiKeyRevoke)."
        )


async def _migrated(settings: Settings) -> str | None:
    """Brings the database to the newest form, with what every house begins with; who administers it."""
    from api.cli.init.first import administrator
    from domain.flows.bootstrap import ensure_defaults
    from domain.kernel.database import Database
    from domain.migrations.run import migrate

    url = settings.need("database_url")
    await migrate(url)
    database = Database(url, pool_size=1)
    try:
        async with database.begin() as session:
            await ensure_defaults(session)
            return await administrator(session)
    finally:
        await database.close()


async def _made(settings: Settings, asked: Asked, wanted: "Wanted | None", outcome: Outcome) -> None:
    from api.cli.init.first import administrator, make_administrator, make_key
    from domain.access.hashing import Passwords
    from domain.kernel.database import Database

    database = Database(settings.need("database_url"), pool_size=1)
    try:
        async with database.begin() as session:
            if wanted is not None:
                outcome.made_administrator = await make_administrator(session, Passwords(), wanted)
                outcome.password = outcome.password if outcome.made_administrator else None
            outcome.administrator = await administrator(session)
            if asked.api_key:
                outcome.key_name = asked.api_key
                outcome.key = await make_key(session, asked.api_key, asked.roles)
    finally:
        await database.close()


def _wanted(asked: Asked, outcome: Outcome) -> "Wanted | None":
    """Whom to make: as the options say, else as a person at the terminal says. None where nobody was named."""
    from api.cli.init.first import Wanted
    from domain.kernel.secrets import new_secret

    present = sys.stdin.isatty() and not asked.quiet
    email = asked.email or (typer.prompt("E-mail address of the first administrator") if present else None)
    if email is None:
        return None
    name = asked.name or (typer.prompt("Their name", default=email) if present else email)
    if asked.make_password:
        outcome.password = new_secret(18)
        return Wanted(email, name, outcome.password)
    if asked.password_stdin:
        return Wanted(email, name, sys.stdin.readline().rstrip("\r\n"))
    if not present:
        raise CannotStart(f"Say which password {email} gets: with --password-stdin, or --make-password.")
    return Wanted(email, name, typer.prompt("Their password", hide_input=True, confirmation_prompt=True))


def _advise(asked: Asked, outcome: Outcome, words: str) -> None:
    outcome.advice.append(words)
    _say(asked, words)


def _say(asked: Asked, words: str) -> None:
    if not asked.quiet:
        typer.echo(words)
