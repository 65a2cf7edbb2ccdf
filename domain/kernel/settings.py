"""Settings, read from the environment. All names begin with OMNISALES_, but DATABASE_URL and REDIS_URL."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from ipaddress import ip_network
from pathlib import Path

from .public_address import extras_problem
from .refusals import Problem, invalid
from .server_address import SERVERS, address_problem, passwords
from .smtp import SmtpServer, smtp_server

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process is set up. `database_url` and `redis_url` are None until embedded servers gave them. What was
    encrypted under one of `secret_key_previous` can be read too. `public_url` is the address under which the far
    sides reach us (webhooks), `desk_url` that of the frontend, to which the links in mails to people lead.
    `read_timeout_ms` bounds each statement of the API's queries; it is less than the time of a whole request.
    `patience_seconds` is how long the API waits for the answer to any statement before it takes the database for one
    that hangs. Without `smtp` no mails are sent; `mail_from` is their sender. `trusted_proxies` are the addresses
    whose word on a client's address counts. A session ends when it is not used for `session_idle_minutes`, and after
    `session_days`; `password_memory_kib` is the memory that hashing a password takes (None: argon2's own). The
    limits of requests hold in each process of the API; 0 stands for none.
    """

    home: Path = Path(".omnisales")
    port: int = 8000
    admin_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    secret_key_previous: tuple[str, ...] = field(default=(), repr=False)
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    public_url: str | None = None
    desk_url: str | None = None
    pool_size: int = 10
    read_timeout_ms: int = 5_000
    patience_seconds: int = 10
    webhook_limit_bytes: int = 2_000_000
    log_level: str = "INFO"
    smtp: SmtpServer | None = None
    mail_from: str | None = None
    allowed_origins: frozenset[str] = frozenset()
    subscriptions_per_caller: int = 200
    session_idle_minutes: int = 720
    session_days: int = 14
    password_memory_kib: int | None = None
    trusted_proxies: tuple[str, ...] = ()
    caller_points_per_second: int = 5_000
    anonymous_per_second: int = 200
    wrong_credentials_per_minute: int = 300
    channel_webhooks_per_second: int = 0
    header_seconds: int = 15
    body_seconds: int = 30
    unread_seconds: int = 60
    connections: int = 10_000

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the settings. Raises `Invalid` naming the variable that cannot be used."""
        return cls(
            home=Path(env.get("OMNISALES_HOME") or ".omnisales"),
            port=_number(env, "OMNISALES_PORT", 8000, 0, 65535),
            admin_key=env.get("OMNISALES_ADMIN_KEY") or None,
            secret_key=env.get("OMNISALES_SECRET_KEY") or None,
            secret_key_previous=_listed(env.get("OMNISALES_SECRET_KEY_PREVIOUS") or ""),
            database_url=_asyncpg_url(env.get("DATABASE_URL") or None),
            redis_url=env.get("REDIS_URL") or None,
            public_url=_public_url(env.get("OMNISALES_PUBLIC_URL") or ""),
            desk_url=(env.get("OMNISALES_DESK_URL") or "").rstrip("/") or None,
            pool_size=_number(env, "OMNISALES_POOL_SIZE", 10, 1, 500),
            read_timeout_ms=_number(env, "OMNISALES_READ_TIMEOUT_MS", 5_000, 100, 14_000),
            patience_seconds=_number(env, "OMNISALES_PATIENCE_SECONDS", 10, 1, 600),
            webhook_limit_bytes=_number(env, "OMNISALES_WEBHOOK_LIMIT_BYTES", 2_000_000, 1_000, 100_000_000),
            allowed_origins=_origins(env.get("OMNISALES_ALLOWED_ORIGINS") or ""),
            subscriptions_per_caller=_number(env, "OMNISALES_SUBSCRIPTIONS_PER_CALLER", 200, 1, 100_000),
            session_idle_minutes=_number(env, "OMNISALES_SESSION_IDLE_MINUTES", 720, 5, 20_160),
            session_days=_number(env, "OMNISALES_SESSION_DAYS", 14, 1, 365),
            password_memory_kib=_number(env, "OMNISALES_PASSWORD_MEMORY_KIB", 0, 7_168, 4_194_304) or None,
            trusted_proxies=_networks(env.get("OMNISALES_TRUSTED_PROXIES") or ""),
            caller_points_per_second=_number(env, "OMNISALES_CALLER_POINTS_PER_SECOND", 5_000, 0, 1_000_000),
            anonymous_per_second=_number(env, "OMNISALES_ANONYMOUS_PER_SECOND", 200, 0, 1_000_000),
            wrong_credentials_per_minute=_number(env, "OMNISALES_WRONG_CREDENTIALS_PER_MINUTE", 300, 0, 1_000_000),
            channel_webhooks_per_second=_number(env, "OMNISALES_CHANNEL_WEBHOOKS_PER_SECOND", 0, 0, 1_000_000),
            header_seconds=_number(env, "OMNISALES_HEADER_SECONDS", 15, 1, 600),
            body_seconds=_number(env, "OMNISALES_BODY_SECONDS", 30, 1, 3_600),
            unread_seconds=_number(env, "OMNISALES_UNREAD_SECONDS", 60, 1, 3_600),
            connections=_number(env, "OMNISALES_CONNECTIONS", 10_000, 10, 60_000),
            log_level=_level(env.get("OMNISALES_LOG_LEVEL") or "INFO"),
            smtp=smtp_server(env["OMNISALES_SMTP_URL"]) if env.get("OMNISALES_SMTP_URL") else None,
            mail_from=_mail_from(env),
        )

    def need(self, field: str) -> str:
        """The value of a setting without which this process cannot work. Raises `Invalid` when it is missing, or is no
        address of a server; the value is not repeated.
        """
        value = getattr(self, field)
        variable = field.upper() if field in ("database_url", "redis_url") else f"OMNISALES_{field.upper()}"
        if not value:
            raise invalid((variable,), "MISSING", f"{variable} is not set. Set it, or start with `omnisales up`.")
        if variable in SERVERS and (problem := address_problem(variable, str(value))):
            raise invalid((variable,), "BAD_VALUE", f"{variable} cannot be used. {problem}")
        return str(value)

    def secrets(self) -> frozenset[str]:
        """What no log may hold: the keys of this house, and the passwords of its servers."""
        keys = {self.admin_key, self.secret_key, *self.secret_key_previous, self.smtp.password if self.smtp else None}
        return frozenset(filter(None, keys)).union(*map(passwords, filter(None, (self.database_url, self.redis_url))))


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdigit() or not low <= int(text) <= high:
        problem = Problem((name,), "NOT_A_NUMBER", f"{name} is {text!r}: set a whole number from {low} to {high}.")
        raise invalid(problem.path, problem.code, problem.message)
    return int(text)


def _public_url(text: str) -> str | None:
    problem = extras_problem(text)
    if problem:
        raise invalid(("OMNISALES_PUBLIC_URL",), "BAD_VALUE", f"OMNISALES_PUBLIC_URL cannot be used. {problem}")
    return text.rstrip("/") or None


def _mail_from(env: Mapping[str, str]) -> str | None:
    """The sender of mails; a mail server is of no use without one."""
    text = (env.get("OMNISALES_MAIL_FROM") or "").strip()
    if not text:
        if env.get("OMNISALES_SMTP_URL"):
            raise invalid(("OMNISALES_MAIL_FROM",), "MISSING", "OMNISALES_MAIL_FROM is not set: say who sends mails.")
        return None
    name, address = parseaddr(text)
    if "@" not in address or not text.isprintable():
        problem = f"OMNISALES_MAIL_FROM is {text!r}: set an address such as shop@example.com."
        raise invalid(("OMNISALES_MAIL_FROM",), "BAD_VALUE", problem)
    return formataddr((name, address))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _level(word: str) -> str:
    if word.upper() not in LOG_LEVELS:
        raise invalid(
            ("OMNISALES_LOG_LEVEL",),
            "BAD_VALUE",
            f"OMNISALES_LOG_LEVEL is {word!r}: set one of {', '.join(LOG_LEVELS)}.",
        )
    return word.upper()


def _asyncpg_url(url: str | None) -> str | None:
    """A bare postgresql:// means another driver to SQLAlchemy 2.1; ours is named."""
    if url is None:
        return None
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+asyncpg://" + url.removeprefix(prefix)
    return url


def _networks(text: str) -> tuple[str, ...]:
    """Addresses and networks, in their usual form."""
    networks = []
    for word in filter(None, (one.strip() for one in text.split(","))):
        try:
            networks.append(str(ip_network(word)))
        except ValueError:
            raise invalid(
                ("OMNISALES_TRUSTED_PROXIES",),
                "BAD_VALUE",
                f"OMNISALES_TRUSTED_PROXIES has {word!r}: name addresses like 10.0.0.7 or networks like 10.0.0.0/24.",
            ) from None
    return tuple(networks)


def _origins(text: str) -> frozenset[str]:
    origins = frozenset(one.strip().lower().rstrip("/") for one in text.split(",") if one.strip())
    for origin in sorted(origins):
        if re.fullmatch(r"https?://[^/?#\s]+", origin) is None:
            raise invalid(
                ("OMNISALES_ALLOWED_ORIGINS",),
                "NOT_AN_ORIGIN",
                f"OMNISALES_ALLOWED_ORIGINS has {origin!r}: name origins like https://desk.example, with commas.",
            )
    return origins
