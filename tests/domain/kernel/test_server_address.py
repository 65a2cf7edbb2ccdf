"""Addresses of servers: what cannot be used is told without being repeated."""

import pytest

from domain.kernel.refusals import Invalid
from domain.kernel.settings import Settings

pytestmark = pytest.mark.spec("SEC-4")

CANARY = "c4nary"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://omni:{CANARY}/x@db.example/omnisales",
        f"postgresql://omni:12/{CANARY}@db.example/omnisales",
        f"postgresql://omni:{CANARY}@db.example:port/omnisales",
        f"postgresql://omni:x#{CANARY}@db.example/omnisales",
        f"postgresql://[{CANARY}@db.example/omnisales",
        f"mysql://omni:{CANARY}@db.example/omnisales",
        f"omni:{CANARY}@db.example",
    ],
)
def test_what_is_no_address_of_a_database_is_not_repeated(url: str) -> None:
    with pytest.raises(Invalid, match="DATABASE_URL") as caught:
        Settings.from_env({"DATABASE_URL": url}).need("database_url")
    assert CANARY not in str(caught.value)
    assert "postgresql://user:password@host/database" in str(caught.value)


@pytest.mark.parametrize(
    "url", [f"redis://:{CANARY}/x@cache.example", f"redis://:{CANARY}@cache:six", CANARY, "http://x"]
)
def test_what_is_no_address_of_a_redis_is_not_repeated(url: str) -> None:
    with pytest.raises(Invalid, match="REDIS_URL") as caught:
        Settings.from_env({"REDIS_URL": url}).need("redis_url")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://omni:p%2Fss@db.example:5433/omnisales?ssl=require",
        "postgresql+asyncpg://omni@/omnisales?host=/var/run/postgresql",
        "postgres://omni:pass@[::1]/omnisales",
    ],
)
def test_usual_addresses_are_taken(url: str) -> None:
    assert Settings.from_env({"DATABASE_URL": url}).need("database_url").startswith("postgresql+asyncpg://")


def test_the_secrets_of_a_house_are_its_keys_and_passwords() -> None:
    settings = Settings.from_env(
        {
            "DATABASE_URL": "postgresql://omni:p%2Fss@db.example/omnisales",
            "REDIS_URL": "redis://:cache-pass@cache.example",
            "OMNISALES_SMTP_URL": "smtps://mail:mail-pass@mail.example",
            "OMNISALES_MAIL_FROM": "shop@example.com",
            "OMNISALES_SECRET_KEY": "new",
            "OMNISALES_SECRET_KEY_PREVIOUS": "old,older",
            "OMNISALES_ADMIN_KEY": "admin",
        }
    )
    assert settings.secrets() == {"p%2Fss", "p/ss", "cache-pass", "mail-pass", "new", "old", "older", "admin"}
    assert Settings().secrets() == frozenset()
