"""Looks at what the settings lead to: the database and its form, Redis, the mail server."""

import asyncio
import smtplib
import ssl
from collections.abc import Coroutine
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from domain.kernel.secrets import Vault
from domain.kernel.server_address import address_problem
from domain.kernel.settings import Settings
from domain.kernel.smtp import SmtpServer
from domain.migrations.run import heads
from domain.vault.status import KeyStatus, key_status

from .finding import Finding, think, well, wrong

OLDEST_POSTGRES = 15
PATIENCE = 10
MOST_SKEW = 2.0
"""Seconds between our clock and the database's before it is worth a word; more than `FALSE_SKEW` is wrong."""
FALSE_SKEW = 60.0

DATABASE, FORM, CLOCK, SECRETS = "DATABASE_URL", "database", "clock", "stored secrets"

_REVISION = text("select version_num from alembic_version")
_FACTS = text("""
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
        pg_encoding_to_char(encoding) as encoding, clock_timestamp() as now,
        to_regclass('public.alembic_version') is not null as migrated, to_regclass('public.orders') is not null as ours,
        has_database_privilege(datname, 'CREATE') and has_schema_privilege('public', 'CREATE') as may_create,
        (select count(*) from pg_available_extensions where name in ('pg_trgm', 'unaccent')) = 2 as extensible
    from pg_database where datname = current_database()
""")


async def look_at_servers(settings: Settings) -> list[Finding]:
    """Each server; those that do not answer are waited for some seconds, all at the same time."""
    mail = [] if settings.smtp is None else [asyncio.to_thread(mail_server, settings.smtp)]
    database, *others = await asyncio.gather(
        look_at_database(settings), _alone(asyncio.to_thread(look_at_redis, settings)), *map(_alone, mail)
    )
    return [*database, *(finding for some in others for finding in some)]


async def _alone(look: Coroutine[Any, Any, Finding]) -> list[Finding]:
    return [await look]


async def look_at_database(settings: Settings) -> list[Finding]:
    """Whether it answers, is new enough, may be written, holds our tables, and has our time."""
    if not settings.database_url:
        return [wrong(DATABASE, "It is not set. Name a PostgreSQL: postgresql://user:password@host/database.")]
    if problem := address_problem(DATABASE, settings.database_url):
        return [wrong(DATABASE, problem)]
    try:
        engine = create_async_engine(
            settings.database_url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": PATIENCE, "command_timeout": PATIENCE},
        )
    except (SQLAlchemyError, ValueError, ImportError):
        return [wrong(DATABASE, "It is no address: write it like postgresql://user:password@host/database.")]
    try:
        async with asyncio.timeout(2 * PATIENCE), engine.connect() as connection:
            return await _of_database(connection, settings)
    except (SQLAlchemyError, OSError, TimeoutError) as fault:
        where = urlsplit(settings.database_url).hostname or "the server"
        return [wrong(DATABASE, f"{where} does not let us in ({_reason(fault)}): check address, user and password.")]
    finally:
        await engine.dispose()


async def _of_database(connection: AsyncConnection, settings: Settings) -> list[Finding]:
    facts = (await connection.execute(_FACTS)).one()
    revision = await connection.scalar(_REVISION) if facts.migrated else None
    newest = heads()[0]
    server = _server(facts.number // 10_000, facts.version, facts.encoding, facts.may_create, facts.extensible)
    found = [server, form(revision, newest, foreign=facts.ours and not facts.migrated), clock(facts.now)]
    if revision == newest and settings.secret_key:
        found.append(secrets(await key_status(connection, Vault.of(settings))))
    return found


def secrets(status: KeyStatus) -> Finding:
    """Whether what is stored encrypted opens with the keys that are set."""
    if status.unreadable:
        words = (
            f"{len(status.unreadable)} were stored under another key: set that one in OMNISALES_SECRET_KEY_PREVIOUS."
        )
        return wrong(SECRETS, words)
    if status.left:
        return think(SECRETS, f"{status.left} are under an earlier key: run `omnisales keys rotate`.")
    return well(SECRETS, f"All {status.counts.total()} open with OMNISALES_SECRET_KEY.")


def _server(major: int, version: str, encoding: str, may_create: bool, extensible: bool) -> Finding:
    if major < OLDEST_POSTGRES:
        return wrong(DATABASE, f"PostgreSQL {version} is too old: use {OLDEST_POSTGRES} or newer.")
    if encoding != "UTF8":
        return wrong(DATABASE, f"The database keeps texts in {encoding}: create it anew with encoding UTF8.")
    if not may_create:
        return wrong(DATABASE, "Its user may not make tables: let it own the database.")
    if not extensible:
        return wrong(DATABASE, "pg_trgm or unaccent is not there: install PostgreSQL's contrib package.")
    return well(DATABASE, f"PostgreSQL {version} answers.")


def form(revision: str | None, newest: str, *, foreign: bool) -> Finding:
    """Which form the tables have: none, an older one, ours, a newer one."""
    if foreign:
        return wrong(FORM, "It holds tables that are not ours. Give OmniSales a database of its own.")
    if revision is None:
        return well(FORM, f"Empty; it is brought to {newest}.")
    if revision > newest:
        return wrong(FORM, f"It has the form {revision}, of a newer version than this ({newest}). Install that one.")
    if revision < newest:
        return well(FORM, f"It has the form {revision} and is brought to {newest}. Make a backup first.")
    return well(FORM, f"It has the newest form, {revision}.")


def clock(theirs: datetime) -> Finding:
    """Sessions, prices and locks go by the clocks of all machines."""
    skew = abs((datetime.now(UTC) - theirs).total_seconds())
    if skew > MOST_SKEW:
        words = f"This machine and the database are {skew:.0f} seconds apart: set both by NTP."
        return wrong(CLOCK, words) if skew > FALSE_SKEW else think(CLOCK, words)
    return well(CLOCK, "This machine and the database have the same time.")


def look_at_redis(settings: Settings) -> Finding:
    """Whether it answers, and keeps what it is given."""
    what = "REDIS_URL"
    if not settings.redis_url:
        return wrong(what, "It is not set. Name a Redis or Valkey: redis://:password@host:6379/0.")
    if problem := address_problem(what, settings.redis_url):
        return wrong(what, problem)
    try:
        with closing(
            redis.Redis.from_url(settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        ) as client:
            server = client.info()
    except (RedisError, OSError, ValueError) as fault:
        return wrong(what, f"It does not answer ({_reason(fault)}): check address and password.")
    assert isinstance(server, dict)
    policy = server.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return think(what, f"It throws data away when it is full ({policy}): set maxmemory-policy to noeviction.")
    return well(what, f"{server.get('server_name', 'redis').capitalize()} {server.get('redis_version')} answers.")


def mail_server(server: SmtpServer) -> Finding:
    """Whether it greets us, encrypts as it was asked to, and lets us in. Nothing is sent."""
    what = "OMNISALES_SMTP_URL"
    secure = ssl.create_default_context()
    try:
        if server.security == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=secure)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        with connection:
            connection.ehlo()
            if server.security == "smtp+starttls":
                connection.starttls(context=secure)
                connection.ehlo()
            if server.user is not None:
                connection.login(server.user, server.password)
    except (smtplib.SMTPException, OSError) as fault:
        return wrong(what, f"{server.host}:{server.port} does not take our mails ({_reason(fault)}).")
    if server.security == "smtp" and server.host not in ("localhost", "127.0.0.1", "::1"):
        return think(what, f"{server.host} takes mails, but not encrypted: use smtps:// or smtp+starttls://.")
    return well(what, f"{server.host} takes mails.")


def _reason(fault: BaseException) -> str:
    """Which kind of fault: the fault's own words may hold an address with its password."""
    inner = getattr(fault, "orig", None) or fault
    return type(inner).__name__
