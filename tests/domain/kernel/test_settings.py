import pytest

from domain.kernel.refusals import Invalid
from domain.kernel.settings import Settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OMNISALES_PORT", "http"),
        ("OMNISALES_PORT", "65536"),
        ("OMNISALES_POOL_SIZE", "0"),
        ("OMNISALES_WEBHOOK_LIMIT_BYTES", "-1"),
        ("OMNISALES_READ_TIMEOUT_MS", "20000"),
        ("OMNISALES_PATIENCE_SECONDS", "0"),
        ("OMNISALES_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_env({variable: value})
    assert refused.value.path == (variable,)
    assert repr(value) in refused.value.message


def test_what_is_not_set_has_its_default() -> None:
    settings = Settings.from_env({"OMNISALES_LOG_LEVEL": "warning", "OMNISALES_PUBLIC_URL": "https://oms.example/"})
    assert (settings.port, settings.log_level, settings.public_url) == (8000, "WARNING", "https://oms.example")


def test_the_driver_is_named_in_the_address_of_the_database() -> None:
    settings = Settings.from_env({"DATABASE_URL": "postgres://me@db/oms"})
    assert settings.database_url == "postgresql+asyncpg://me@db/oms"
    with pytest.raises(Invalid, match="REDIS_URL is not set"):
        settings.need("redis_url")
