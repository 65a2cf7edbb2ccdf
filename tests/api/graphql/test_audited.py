"""Every change of settings, roles, keys, people and rules leaves an audit entry; a refused one none (spec SEC-1)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.audit.models import AuditEntry
from domain.kernel.actor import ActorKind
from domain.kernel.database import Database
from domain.kernel.smtp import SmtpServer
from tests.api.conftest import Api, running
from tests.api.graphql.audited import CALLS, CHANGES_NOTHING, UNTOLD, document, mutations, watched
from tests.support.builders import make_customer, make_variant

pytestmark = pytest.mark.spec("SEC-1")


def test_every_such_mutation_is_in_the_table() -> None:
    told = {call.name for call in CALLS}
    missing = sorted(set(watched()) - told)
    assert not missing, (
        f"{', '.join(missing)}: let the use case call domain.audit.record.record, and add a call that succeeds to "
        "CALLS in tests/api/graphql/audited.py (or, if it changes nothing, its reason to CHANGES_NOTHING)."
    )
    assert {*told, *CHANGES_NOTHING} <= set(mutations())


async def _entries(database: Database) -> int:
    async with database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(AuditEntry.__table__)) or 0


async def _last(database: Database) -> Any:
    async with database.read() as connection:
        query = select(AuditEntry.__table__).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1)
        return (await connection.execute(query)).one()


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """A house that sends mails."""
    async with running(database, smtp=SmtpServer("smtp", "127.0.0.1", 9), mail_from="shop@shop.example") as api:
        yield api


async def test_each_leaves_one_entry_by_who_called_on_what_it_was_about(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="10.00")
        customer = await make_customer(session)
    channels = (await api.data("{ channels { id slug } }"))["channels"]
    answers: dict[str, Any] = {
        "channels": {one["slug"]: one["id"] for one in channels},
        "customer": str(customer.id),
    }
    for call in CALLS:
        before = await _entries(api.database)
        arguments = call.arguments(answers)
        answer = (await api.data(document(call), arguments, X_Correlation_Id=f"audit-{call.name}"))[call.name]
        assert "code" not in answer, (call.name, answer)
        answers[call.name] = answer
        assert await _entries(api.database) == before + 1, call.name
        entry = await _last(api.database)
        assert (entry.actor_kind, entry.actor) == (ActorKind.KEY, "admin"), call.name
        assert entry.actor_id is not None
        assert entry.action == call.action, call.name
        subject = call.subject_id(answers)
        assert entry.subject_id is not None if subject == UNTOLD else entry.subject_id == subject, call.name
        assert entry.correlation_id == f"audit-{call.name}"


SECRET = ("channelCreate", "mappingsSet", "channelConnectionSet", "webhookSecretRotate", "roleUpsert", "apiKeyCreate")


async def test_no_credential_stands_in_it(api: Api) -> None:
    answers: dict[str, Any] = {}
    for call in CALLS:
        if call.name in SECRET:
            answers[call.name] = (await api.data(document(call), call.arguments(answers)))[call.name]
    async with api.database.read() as connection:
        kept = str((await connection.execute(select(AuditEntry.__table__))).all())
    assert "channel.connection_set" in kept and "canary" not in kept and "omni_" not in kept


async def test_what_is_refused_leaves_none(api: Api) -> None:
    before = await _entries(api.database)
    asked = """mutation { roleUpsert(input: {slug: "NO", title: "", permissions: ["fly"]}) { __typename } }"""
    assert (await api.data(asked))["roleUpsert"]["__typename"] == "Invalid"
    assert await _entries(api.database) == before


async def test_an_export_of_the_catalogue_is_told(api: Api) -> None:
    key = {"Authorization": "Bearer test-admin-key-0123456789"}
    assert (await api.http.get("/exports/products.csv", headers=key)).status_code == 200
    entry = await _last(api.database)
    assert (entry.action, entry.actor) == ("products.export", "admin")
    before = await _entries(api.database)
    assert (await api.http.get("/exports/products.csv")).status_code == 401
    assert await _entries(api.database) == before
