"""Personal data over the API: found, taken out, erased."""

import pytest
from sqlalchemy import select

from domain.access.models import ApiKey
from domain.audit.models import AuditEntry
from domain.customers.models import Customer
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.outbox import OutboxRow
from domain.kernel.secrets import digest
from domain.orders.status import Status
from tests.api.conftest import ADMIN_KEY, Api
from tests.support.builders import make_customer, make_order

ERASE = """mutation ($i: PersonalDataEraseInput!) { personalDataErase(input: $i) {
    __typename ... on Erasure { id customerId ordersErased finishedAt } ... on Refusal { code path }
    ... on OrdersOpen { count waiting orders { id number status } } } }"""
FIND = "query ($e: String, $p: String) { personalDataFind(email: $e, phone: $p) { id name } }"
EXPORT = "query ($c: ID!) { personalDataExport(customer: $c) }"
ADDRESS = {"name": "Ion", "street": "Str. Lungă 1", "phone": "0722 000 111", "country": "RO"}


async def customer_with_order(api: Api, status: Status = Status.DELIVERED) -> tuple[Customer, str]:
    async with api.database.begin() as session:
        customer = await make_customer(session, email="ion@example.com")
        order = await make_order(session, customer=customer, status=status, shipping=ADDRESS, billing=ADDRESS)
        return customer, str(order.id)


async def test_a_person_is_found_by_e_mail_and_by_where_parcels_went(api: Api) -> None:
    customer, _ = await customer_with_order(api)
    for asked in ({"e": " ION@example.com"}, {"p": "+40722000111"}, {"e": "x@example.com", "p": "0722-000-111"}):
        found = (await api.data(FIND, asked))["personalDataFind"]
        assert [one["id"] for one in found] == [str(customer.id)], asked
    assert (await api.data(FIND, {"e": "nobody@example.com"}))["personalDataFind"] == []
    assert await api.data(FIND, {"p": "no number"}) == {"personalDataFind": []}


@pytest.mark.parametrize("asked", [{}, {"e": " "}, {"p": "1" * 2000}])
async def test_what_cannot_be_looked_for_is_an_error(api: Api, asked: dict[str, str]) -> None:
    assert (await api.ask(FIND, asked)).json()["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.spec("SEC-4")
async def test_what_is_known_is_taken_out_and_the_audit_log_tells(api: Api) -> None:
    customer, order = await customer_with_order(api)
    document = (await api.data(EXPORT, {"c": str(customer.id)}))["personalDataExport"]
    assert document["customer"]["email"] == "ion@example.com"
    assert [one["shipping"]["street"] for one in document["orders"]] == ["Str. Lungă 1"]
    assert {one["kind"] for one in document["order_history"]} == {"order_created"}
    path, headers = f"/exports/personal/{customer.id}.json", {"Authorization": f"Bearer {ADMIN_KEY}"}
    file = await api.http.get(path, headers=headers)
    assert file.status_code == 200
    assert {**file.json(), "created_at": ""} == {**document, "created_at": ""}
    assert "attachment" in file.headers["content-disposition"]
    async with api.database.begin() as session:
        actions = (await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "customer"))).all()
    assert list(actions) == ["customer.export"] * 2
    assert order in str(document)


@pytest.mark.spec("SEC-4")
async def test_without_the_permission_nothing_is_taken_out_or_erased(api: Api) -> None:
    customer, _ = await customer_with_order(api)
    key = "a key that may everything else"
    others = sorted(set(Permission) - {Permission.PRIVACY_EDIT})
    async with api.database.begin() as session:
        session.add(ApiKey(name="others", key_hash=digest(key), permissions=others, created_at=utc_now()))
    for document, variables in ((EXPORT, {"c": str(customer.id)}), (FIND, {"e": "x"})):
        refused = (await api.ask(document, variables, Authorization=f"Bearer {key}")).json()
        assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    path = f"/exports/personal/{customer.id}.json"
    assert (await api.http.get(path)).status_code == 401
    assert (await api.http.get(path, headers={"Authorization": f"Bearer {key}"})).status_code == 403
    allowed = {"Authorization": f"Bearer {ADMIN_KEY}"}
    for unknown in ("x", "%00", "0198c0de-0000-7000-8000-000000000000"):
        assert (await api.http.get(f"/exports/personal/{unknown}.json", headers=allowed)).status_code == 404


@pytest.mark.spec("SEC-4")
async def test_an_erasure_is_asked_for_once_and_its_state_is_told(api: Api) -> None:
    customer, _ = await customer_with_order(api)
    wanted = {"i": {"customer": str(customer.id), "reason": "asked"}}
    first = (await api.data(ERASE, wanted))["personalDataErase"]
    again = (await api.data(ERASE, wanted))["personalDataErase"]
    assert first == again
    assert (first["__typename"], first["customerId"], first["finishedAt"]) == ("Erasure", str(customer.id), None)
    state = "query ($c: ID!) { personalDataErasure(customer: $c) { id reason } }"
    told = await api.data(state, {"c": str(customer.id)})
    assert told["personalDataErasure"] == {"id": first["id"], "reason": "asked"}
    assert await api.data(state, {"c": "x"}) == {"personalDataErasure": None}
    async with api.database.begin() as session:
        work = await session.scalars(select(OutboxRow.consumer).where(OutboxRow.consumer == "erase_person"))
        assert len(work.all()) == 1
    assert (await api.data(FIND, {"e": "ion@example.com"}))["personalDataFind"] == []


@pytest.mark.spec("SEC-4")
async def test_open_orders_are_named(api: Api) -> None:
    customer, order = await customer_with_order(api, Status.PROCESSING)
    refusal = (await api.data(ERASE, {"i": {"customer": str(customer.id), "reason": "asked"}}))["personalDataErase"]
    assert (refusal["__typename"], refusal["code"], refusal["path"]) == ("OrdersOpen", "ORDERS_OPEN", ["customer"])
    assert (refusal["count"], refusal["waiting"], refusal["orders"][0]["id"]) == (1, 0, order)
    unknown = (await api.data(ERASE, {"i": {"customer": "x", "reason": "asked"}}))["personalDataErase"]
    assert unknown["code"] == "NOT_FOUND"
    empty = (await api.data(ERASE, {"i": {"customer": str(customer.id), "reason": " "}}))["personalDataErase"]
    assert (empty["__typename"], empty["path"]) == ("Invalid", ["reason"])
