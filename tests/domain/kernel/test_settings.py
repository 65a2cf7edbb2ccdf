import pytest

from domain.kernel.refusals import Invalid
from domain.kernel.settings import Settings
from domain.kernel.smtp import SmtpServer


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


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("smtp", "mail.example", 25)),
        ("smtps://me:p%40ss@mail.example/", SmtpServer("smtps", "mail.example", 465, "me", "p@ss")),
        ("smtp+starttls://mail.example:2525", SmtpServer("smtp+starttls", "mail.example", 2525)),
    ],
)
def test_a_mail_server_is_named_by_its_address(url: str, server: SmtpServer) -> None:
    settings = Settings.from_env({"OMNISALES_SMTP_URL": url, "OMNISALES_MAIL_FROM": "The Shop <shop@example.com>"})
    assert (settings.smtp, settings.mail_from) == (server, "The Shop <shop@example.com>")
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://host:port", "smtp://host/x", "smtp://[::"]
)
def test_a_mail_server_that_cannot_be_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_env({"OMNISALES_SMTP_URL": url.replace("://", "://me:secret@"), "OMNISALES_MAIL_FROM": "a@b.ro"})
    assert refused.value.path == ("OMNISALES_SMTP_URL",)
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    ("sender", "code"), [("", "MISSING"), ("shop", "BAD_VALUE"), ("a@b.ro\nBcc: x@y", "BAD_VALUE")]
)
def test_a_mail_server_needs_a_sender(sender: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_env({"OMNISALES_SMTP_URL": "smtp://mail.example", "OMNISALES_MAIL_FROM": sender})
    assert [(one.path, one.code) for one in refused.value.problems] == [(("OMNISALES_MAIL_FROM",), code)]


@pytest.mark.parametrize(
    "url", ["https://me:geheim@oms.example", "me:geheim@x", "https://x/?k=geheim", "https://x/#geheim"]
)
def test_a_public_address_with_more_than_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_env({"OMNISALES_PUBLIC_URL": url})
    assert refused.value.path == ("OMNISALES_PUBLIC_URL",)
    assert "geheim" not in refused.value.message
