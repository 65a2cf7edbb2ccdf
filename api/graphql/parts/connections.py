"""How accounts stand with their connectors: read off what is stored, without a statement of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from api.graphql.types.account_standing import COLUMNS, AccountStanding
from api.graphql.types.refusals import Problem
from api.services import Services
from domain.kernel.clock import utc_now
from domain.kernel.secrets import WrongKeyError
from domain.reads.rows import AnyRow
from omnisales_sdk import Problem as TheirProblem
from plugins.host import Fitted, InvalidAccount, NotLoaded, check_account, fit


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account's columns of `COLUMNS`; the credentials are sealed."""

    id: UUID
    connector: str
    settings: Mapping[str, Any]
    settings_version: int
    credentials: bytes | None = field(repr=False)
    old_secrets_until: datetime | None


def stored_account(row: AnyRow) -> StoredAccount:
    """Of a row that has (at least) these columns."""
    return StoredAccount(*(getattr(row, name) for name in COLUMNS))


def make_connection(services: Services, kind: str, stored: StoredAccount) -> AccountStanding:
    """`kind` is channel or courier."""
    until = stored.old_secrets_until
    old_until = until if until is not None and until > utc_now() else None
    try:
        credentials = {}
        if stored.credentials is not None:
            credentials = services.vault.open(stored.credentials, f"{kind}:{stored.id}")
    except WrongKeyError as error:
        unreadable = Problem(path=["credentials"], code="CREDENTIALS_UNREADABLE", message=str(error))
        return _connection([], [unreadable], (), old_until)
    set_ = sorted(name for name, value in credentials.items() if value is not None)
    fitted, problems = _judged(services, stored, credentials)
    return _connection(set_, problems, fitted.passed_over if fitted else (), old_until)


def _connection(
    set_: list[str], problems: list[Problem], passed_over: Sequence[str], old_until: datetime | None
) -> AccountStanding:
    return AccountStanding(
        credentials_set=set_,
        problems=problems,
        passed_over=list(passed_over),
        old_webhook_secret_until=old_until,
    )


def _judged(
    services: Services, stored: StoredAccount, credentials: Mapping[str, Any]
) -> tuple[Fitted | None, list[Problem]]:
    """A connector that does not run is no problem of the account: `connectors` tells why it does not."""
    try:
        manifest = services.host.manifest(stored.connector)
    except NotLoaded:
        return None, []
    fitted = None
    try:
        fitted = fit(manifest, stored.settings, credentials, stored.settings_version)
        check_account(manifest, fitted.settings, fitted.credentials)
    except InvalidAccount as fault:
        return fitted, [_problem(one) for one in fault.problems]
    return fitted, []


def _problem(one: TheirProblem) -> Problem:
    return Problem(path=one.path.split("."), code=one.code, message=one.message)
