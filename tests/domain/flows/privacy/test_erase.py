"""A person is erased: nothing of them is left but where the law demands it, and nothing comes back."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ARRAY, JSON, Column, Enum, LargeBinary, String, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, ChannelMapping, MappingKind
from domain.customers.models import Customer, CustomerRef
from domain.diary.entries import Note, open_standing
from domain.estimates.models import Estimate, EstimateState
from domain.flows.merge_customers import merge_customers
from domain.flows.pay import RecordPayment, pay_order
from domain.flows.privacy.carry_out import erase_next_orders, finish, look_through_next
from domain.flows.privacy.erase import ErasePerson, erase_by_external, erase_person, erasure_of
from domain.flows.set_metafields import SetMetafields, set_metafields
from domain.intake.canonical import from_json
from domain.intake.models import ExternalOrder, InboxItem, InboxState, Source
from domain.intake.settle import refused, settle
from domain.intake.store import NewItem, store_items
from domain.intake.types import IncomingAddress, IncomingCustomer, IncomingOrder
from domain.invoicing.issue import issue_invoice
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.kernel.outbox import DeadLetter, OutboxRow
from domain.kernel.refusals import Invalid, NotFound
from domain.metafields.models import Owner
from domain.models import Base
from domain.orders.history import record
from domain.orders.models import HistoryEntry, NoteAudience, Order
from domain.orders.notes import AddNote, EditNote, add_note, edit_note
from domain.orders.queries import order_for_update
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from domain.privacy.errors import OrdersOpen
from domain.reads.audit import audit_import
from domain.views.models import OrderView
from tests.domain.flows.privacy.traces import leave_traces
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order, make_variant
from tests.support.incoming import arrive, bring_one, import_arrivals, incoming, item, later, line, map_cod

CANARIES = ("Zebulon", "Kanarek", "zebulon.kanarek@canary.example", "0799123456", "0799 123 456", "Strada Canarilor 7")
SPACED = ("0799-123.456", "799 12 34 56")
WHO = {"name": "Zebulon Kanarek", "email": "zebulon.kanarek@canary.example", "phone": "0799 123 456"}
HOME = IncomingAddress(**WHO, street="Strada Canarilor 7", city="Cluj", county="CJ", postcode="400001", country="RO")
BOUGHT_BEFORE = datetime(2026, 7, 1, 12, tzinfo=UTC)
ALLOWED = {"invoices.buyer"}
WORDS = (String, JSON, LargeBinary, ARRAY)
IMPERSONAL = {
    *("business_calendar", "schedules", "exchange_rates", "connector_state", "courier_accounts", "sync_cursors"),
    *("customer_groups", "metafield_definitions", "omni_order_approval_rules", "price_lists", "product_groups"),
    *("teams", "roles", "trade_discounts", "omni_log_discount", "order_charges", "order_discounts", "estimate_lines"),
    *("api_keys", "users", "sessions", "mail_tokens", "recovery_codes", "second_factors"),
    *("erasure_marks", "erasures", "audit_entries", "idempotency_keys", "push_records", "inbox_causes"),
}
"""Tables that the scenery may leave empty: settings, the staff's own, what was bought, hashes and ids; and what is
written of an erasure itself. In `inbox_causes` is what waits, and nothing of an erased person does."""


def theirs(**fields: Any) -> IncomingOrder:
    customer = IncomingCustomer(external_id="c-77", **WHO, tax_id="")
    values = {"status": "completed", "note": "Ring at Kanarek, 0799123456", "delivery_point": "EB-Kanarek"}
    return incoming(line("CUP-1"), customer=customer, billing=HOME, shipping=HOME, **{**values, **fields})


def raw(order: IncomingOrder) -> bytes:
    bill = order.billing or HOME
    who = {"name": bill.name, "email": bill.email, "phone": bill.phone}
    return json.dumps({"id": order.external_id, "billing": who, "address_1": bill.street}).encode()


async def arrived(session: AsyncSession, channel: Channel, order: IncomingOrder, **how: Any) -> UUID:
    """Imports an order whose raw body says what a store's would; the order's id."""
    arrivals = await arrive(session, channel, order, **how)
    await session.execute(update(InboxItem).where(InboxItem.id == arrivals[0].item_id).values(body=raw(order)))
    [outcome] = await import_arrivals(session, channel, arrivals)
    assert outcome.order_id is not None
    return outcome.order_id


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    channel = await make_channel(session)
    await map_cod(session, channel)
    await make_variant(session, "CUP-1", stock=10)
    return channel


@pytest.fixture
async def person(session: AsyncSession, shop: Channel) -> Customer:
    """A customer with an order, and with traces of them wherever the house leaves some."""
    first = theirs()
    order_id = await arrived(session, shop, first)
    await arrived(session, shop, later(first, note="Leave it with Kanarek's neighbour"))
    order = await order_for_update(session, order_id, lines=True)
    customer = await session.get_one(Customer, order.customer_id)
    await add_note(session, OPERATOR, AddNote(order_id=order_id, text="Zebulon called", audience=NoteAudience.STAFF))
    note = (await session.execute(text("select id from order_notes"))).scalar_one()
    await edit_note(session, OPERATOR, EditNote(note_id=note, text="Mr Kanarek called from 0799 123 456"))
    await pay_order(
        session,
        OPERATOR,
        RecordPayment(order_id=order_id, amount=order.total, note="Kanarek", reference="OP Kanarek 1"),
    )
    await issue_invoice(session, SYSTEM, order)
    told = {"by": "mail", "to": WHO["email"], "subject": "Your order", "about": "x"}
    await record(session, order, "customer_told", SYSTEM, told, "asked by Kanarek")
    await open_standing(
        session, Note(channel_id=shop.id, cause="x:y", message="Nobody knows Kanarek", order_id=order_id)
    )
    await open_standing(session, Note(channel_id=shop.id, cause=f"customer:{WHO['email']}", message=WHO["email"]))
    [broken] = await store_items(session, [NewItem(channel_id=shop.id, source=Source.POLL, body=raw(first) + b"...")])
    await settle(session, [refused(broken, shop.id, "it is no JSON")])
    now = utc_now()
    view = {"owner": "o", "owner_label": "o", "name": "n", "sort": {}, "columns": [], "shared": False}
    session.add(OrderView(**view, filter={"search": WHO["email"]}, created_at=now, updated_at=now))
    await session.flush()
    work = (await session.scalars(select(OutboxRow).limit(1))).one()
    session.add(
        DeadLetter(
            id=10**9,
            consumer="mail",
            aggregate=f"order:{order_id}",
            payload=work.payload,
            created_at=now,
            died_at=now,
            attempts=1,
            error=f"550 {WHO['email']} unknown",
        )
    )
    session.add(
        Estimate(
            valid_until=now.date() + timedelta(days=9),
            channel_id=shop.id,
            customer_id=customer.id,
            billing={"name": WHO["name"], "country": "RO"},
            note="For Kanarek",
            currency="RON",
            charges=[],
            **dict.fromkeys(("subtotal", "fee_total", "shipping_total", "tax_total", "total"), 0),
            author="ana",
            created_at=now,
            updated_at=now,
        )
    )
    await session.flush()
    return customer


async def erased(session: AsyncSession, customer_id: UUID) -> None:
    """Asked for, and carried out in the smallest steps."""
    erasure = await erase_person(session, OPERATOR, ErasePerson(customer_id=customer_id, reason="asked on 3 May"))
    while await erase_next_orders(session, erasure.id, limit=1):
        pass
    while await look_through_next(session, erasure.id, limit=1):
        pass
    await finish(session, erasure.id)
    await session.flush()


async def places_that_hold(session: AsyncSession, *canaries: str) -> set[str]:
    """Every column of the database whose text has one of these."""
    await session.flush()
    found = set()
    for table in Base.metadata.sorted_tables:
        counts = [f"count(*) FILTER (WHERE {_shown(column)} ~* :canaries)" for column in table.columns]
        row = await session.execute(
            text(f"select {', '.join(counts)} from {table.name}"), {"canaries": "|".join(map(re.escape, canaries))}
        )
        found |= {
            f"{table.name}.{column.name}" for column, count in zip(table.columns, row.one(), strict=True) if count
        }
    return found


async def tables_without_rows(session: AsyncSession) -> set[str]:
    """The tables with room for words that have none: of these the search above proves nothing."""
    found = set()
    for table in Base.metadata.sorted_tables:
        wordy = any(isinstance(column.type, WORDS) and not isinstance(column.type, Enum) for column in table.columns)
        if wordy and (await session.execute(select(literal(1)).select_from(table).limit(1))).first() is None:
            found.add(table.name)
    return found


def _shown(column: Column[Any]) -> str:
    return f"encode(\"{column.name}\", 'escape')" if column.type.python_type is bytes else f'"{column.name}"::text'


@pytest.mark.spec("SEC-4")
async def test_nothing_of_the_person_is_left_but_on_invoices(
    session: AsyncSession, shop: Channel, person: Customer
) -> None:
    await leave_traces(session, shop, person)
    assert await tables_without_rows(session) <= IMPERSONAL, "leave a trace there, or say why none can be"
    everywhere = await places_that_hold(session, *CANARIES)
    assert {
        "customers.searched",
        "orders.shipping",
        "inbox.body",
        "order_history.data",
        "order_history.reason",
    } < everywhere
    assert {"diary.cause", "diary.message", "estimates.note", "dead_letters.error", "order_views.filter"} < everywhere
    assert {"external_orders.applied", "payments.reference", "order_notes.text", "sync_runs.error"} < everywhere
    assert {"bulk_runs.reason", "bulk_runs.note", "bulk_items.refusal", "stock_moves.reason"} < everywhere
    assert {"receipt_notes.supplier", "receipt_note_lines.note", "procurement_requests.reason"} < everywhere
    assert {"shipments.note", "shipment_labels.content", "tracking_events.text", "attempts.outcome"} < everywhere
    assert {"order_approvals.rules", "order_approval_steps.note"} < everywhere
    await erased(session, person.id)
    assert await places_that_hold(session, *CANARIES, *SPACED) == ALLOWED


@pytest.mark.spec("SEC-4")
async def test_what_came_for_another_person_with_the_same_telephone_stays(
    session: AsyncSession, shop: Channel, person: Customer
) -> None:
    who = {"name": "Maria Altcineva", "email": "maria@other.example", "phone": WHO["phone"]}
    home = IncomingAddress(**who, street="Str. Alta 1", city="Cluj", country="RO")
    theirs_too = replace(theirs(), customer=IncomingCustomer(external_id="c-88", **who), billing=home, shipping=home)
    order_id = await arrived(session, shop, theirs_too)
    await erased(session, person.id)
    order = await session.get_one(Order, order_id, populate_existing=True)
    assert (order.shipping or {})["phone"] == WHO["phone"]
    bodies = await session.scalars(select(InboxItem.body).where(InboxItem.external_id == theirs_too.external_id))
    assert bodies.all() == [raw(theirs_too)]
    assert (await session.scalars(select(InboxItem.body).where(InboxItem.body != b""))).all() == [raw(theirs_too)]


@pytest.mark.spec("SEC-4")
async def test_what_the_law_demands_stays_and_history_still_proves_it(session: AsyncSession, person: Customer) -> None:
    before, customer_id = (await session.scalars(select(Order))).one(), person.id
    status, total, payment_state = before.status, before.total, before.payment_state
    await erased(session, customer_id)
    session.expire_all()
    order = (await session.scalars(select(Order))).one()
    assert (order.status, order.total, order.payment_state) == (status, total, payment_state)
    assert (order.billing, order.shipping) == ({"country": "RO"}, {"country": "RO"})
    history = (await session.scalars(select(HistoryEntry).order_by(HistoryEntry.seq))).all()
    rebuilt = rebuild(history)
    assert (rebuilt.status, rebuilt.totals.total, rebuilt.payment_state) == (status, total, payment_state)
    assert rebuilt.totals == rebuilt.summed
    assert history[-1].kind == "personal_data_erased"
    estimate = (await session.scalars(select(Estimate))).one()
    assert (estimate.state, estimate.billing) == (EstimateState.CANCELLED, {"country": "RO"})
    erasure = await erasure_of(session, customer_id)
    assert erasure is not None
    assert (erasure.orders, erasure.words, erasure.cursor) == (1, None, None)
    assert erasure.finished_at is not None
    now = utc_now()
    assert (await audit_import(session, now - timedelta(days=1), now + timedelta(days=1))).balanced


@pytest.mark.spec("SEC-4")
async def test_the_order_told_again_brings_nothing_back(session: AsyncSession, shop: Channel, person: Customer) -> None:
    last = from_json((await session.scalars(select(ExternalOrder.applied))).one() or {})
    await erased(session, person.id)
    refunded = later(last, version="2026-08-01T00:00:00", status="refunded", note="Kanarek is not content")
    for told in (last, replace(last, version=BOUGHT_BEFORE.isoformat()), refunded):
        await arrived(session, shop, told, source=Source.POLL)
    said = (await session.scalars(select(ExternalOrder).execution_options(populate_existing=True))).one()
    assert (said.version, (said.applied or {})["status"]) == ("2026-08-01T00:00:00", "refunded"), "it is still followed"
    assert await places_that_hold(session, *CANARIES) <= ALLOWED
    assert (
        await session.scalar(select(Customer.id).where(Customer.id != person.id, Customer.email.is_not(None))) is None
    )


@pytest.mark.spec("SEC-4")
async def test_an_old_order_that_was_never_here_comes_without_its_person(
    session: AsyncSession, shop: Channel, person: Customer
) -> None:
    await erased(session, person.id)
    guest = replace(theirs(placed_at=BOUGHT_BEFORE), customer=IncomingCustomer(**WHO))
    for old in (theirs(placed_at=BOUGHT_BEFORE), guest):
        order = await session.get_one(Order, await arrived(session, shop, old), populate_existing=True)
        assert (order.customer_id, order.billing) == (person.id, {"country": "RO"})
        assert order.erased_at is not None
        await arrived(session, shop, later(old, note="Kanarek"))
    assert await places_that_hold(session, *CANARIES) <= ALLOWED


@pytest.mark.spec("SEC-4")
@pytest.mark.parametrize("told", ["customer", "bill"])
async def test_who_gave_a_telephone_alone_is_known_by_it_and_the_name(
    session: AsyncSession, shop: Channel, told: str
) -> None:
    home = replace(HOME, email="")
    who = {"name": WHO["name"], "phone": WHO["phone"]} if told == "customer" else {}
    guest = replace(theirs(), customer=IncomingCustomer(**who), billing=home, shipping=home)
    here = await session.get_one(Order, await arrived(session, shop, guest))
    assert here.customer_id is not None
    await erased(session, here.customer_id)
    old = replace(theirs(placed_at=BOUGHT_BEFORE), customer=IncomingCustomer(), shipping=None)
    spelled = replace(home, name="KANAREK  Zebulón", phone="+40 (799) 123-456")
    order = await session.get_one(Order, await arrived(session, shop, replace(old, billing=spelled)))
    assert (order.customer_id, order.billing) == (here.customer_id, {"country": "RO"})
    relative = replace(home, name="Xenia Altcineva")
    order = await session.get_one(Order, await arrived(session, shop, replace(old, external_id="9", billing=relative)))
    assert (order.billing or {})["name"] == "Xenia Altcineva", "a family has one number"


@pytest.mark.spec("SEC-4")
async def test_what_the_person_buys_afterwards_is_another_customers(
    session: AsyncSession, shop: Channel, person: Customer
) -> None:
    await erased(session, person.id)
    new = theirs(placed_at=utc_now() + timedelta(minutes=1))
    order = await session.get_one(Order, await arrived(session, shop, new), populate_existing=True)
    assert order.customer_id != person.id and order.erased_at is None
    assert (order.shipping or {})["name"] == WHO["name"]
    ref = (await session.scalars(select(CustomerRef).where(CustomerRef.external_id == "c-77"))).one()
    assert ref.customer_id == order.customer_id


@pytest.mark.spec("SEC-4")
@pytest.mark.parametrize("status", ["processing", "pending"])
async def test_an_open_order_that_was_on_its_way_is_imported_whole_as_another_customers(
    session: AsyncSession, shop: Channel, person: Customer, status: str
) -> None:
    await erased(session, person.id)
    on_its_way = theirs(placed_at=utc_now() - timedelta(minutes=3), status=status)
    order_id = await arrived(session, shop, on_its_way, source=Source.POLL)
    order = await session.get_one(Order, order_id, populate_existing=True)
    assert order.customer_id != person.id and order.erased_at is None
    assert (order.shipping or {})["street"] == HOME.street
    [body] = await session.scalars(select(InboxItem.body).where(InboxItem.external_id == on_its_way.external_id))
    assert body == raw(on_its_way)


@pytest.mark.spec("SEC-4")
async def test_an_old_order_whose_status_means_nothing_yet_is_left_out_once_it_means_an_end(
    session: AsyncSession, shop: Channel, person: Customer
) -> None:
    await erased(session, person.id)
    [arrival] = await arrive(session, shop, theirs(placed_at=BOUGHT_BEFORE, status="picked-up"))
    [waiting] = await import_arrivals(session, shop, [arrival])
    assert waiting.state is InboxState.WAITING
    session.add(ChannelMapping(channel_id=shop.id, kind=MappingKind.STATUS_IN, source="picked-up", target="DELIVERED"))
    await session.flush()
    [outcome] = await import_arrivals(session, shop, [arrival])
    order = await session.get_one(Order, outcome.order_id, populate_existing=True)
    assert (order.customer_id, order.shipping) == (person.id, {"country": "RO"})


async def test_an_old_order_that_waits_keeps_its_body_until_it_is_imported(
    session: AsyncSession, shop: Channel, person: Customer
) -> None:
    await erased(session, person.id)
    old = replace(theirs(placed_at=BOUGHT_BEFORE), lines=(line("NEW-1"),))
    [arrival] = await arrive(session, shop, old)
    await import_arrivals(session, shop, [arrival])
    waiting = await item(session, arrival.item_id)
    assert (waiting.state, waiting.body != b"") == (InboxState.WAITING, True)
    await make_variant(session, "NEW-1")
    await import_arrivals(session, shop, [arrival])
    settled = await item(session, arrival.item_id)
    assert (settled.state, settled.body, settled.purged_at is not None) == (InboxState.IMPORTED, b"", True)


@pytest.mark.spec("SEC-4")
async def test_open_orders_and_what_waits_are_in_the_way_and_named(session: AsyncSession, shop: Channel) -> None:
    open_order = await session.get_one(Order, await arrived(session, shop, theirs(status="processing")))
    assert open_order.customer_id is not None
    waiting = replace(theirs(), lines=(line("UNKNOWN"),))
    [arrival] = await arrive(session, shop, waiting)
    await session.execute(update(InboxItem).where(InboxItem.id == arrival.item_id).values(body=raw(waiting)))
    await import_arrivals(session, shop, [arrival])
    command = ErasePerson(customer_id=open_order.customer_id, reason="asked")
    with pytest.raises(OrdersOpen) as refusal:
        await erase_person(session, OPERATOR, command)
    assert [one.number for one in refusal.value.orders] == [open_order.number]
    assert (refusal.value.count, refusal.value.waiting) == (1, 1)
    customer = await session.get_one(Customer, open_order.customer_id, populate_existing=True)
    assert (customer.email, customer.erased_at) == (WHO["email"], None)


async def test_erasing_twice_is_answered_with_the_first(session: AsyncSession, person: Customer) -> None:
    command = ErasePerson(customer_id=person.id, reason="asked")
    first = await erase_person(session, OPERATOR, command)
    again = await erase_person(session, OPERATOR, replace(command, reason="asked again"))
    assert (again.id, again.reason) == (first.id, "asked")
    work = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "erase_person"))
    assert len(work.all()) == 1


@pytest.mark.parametrize("reason", ["", "  ", "x\x00", "x" * 1001])
async def test_a_reason_is_needed(session: AsyncSession, reason: str) -> None:
    customer = await make_customer(session)
    with pytest.raises(Invalid):
        await erase_person(session, OPERATOR, ErasePerson(customer_id=customer.id, reason=reason))
    with pytest.raises(NotFound):
        await erase_person(session, OPERATOR, ErasePerson(customer_id=uuid4(), reason="asked"))


async def test_a_store_names_the_person_by_its_own_id(session: AsyncSession, shop: Channel, person: Customer) -> None:
    assert await erase_by_external(session, OPERATOR, shop.id, "nobody", "redaction") is None
    first = await erase_by_external(session, OPERATOR, shop.id, "c-77", "redaction")
    again = await erase_by_external(session, OPERATOR, shop.id, "c-77", "redaction")
    assert first is not None and first is again and first.customer_id == person.id


@pytest.mark.spec("SEC-4")
async def test_customers_who_were_merged_are_erased_as_one(session: AsyncSession) -> None:
    keep = await make_customer(session, name="Zebulon Kanarek", email="one@canary.example")
    drop = await make_customer(session, name="Z. Kanarek", email="two@canary.example", phone="0799 123 456")
    channel = await make_channel(session)
    for customer in (keep, drop):
        address = {"name": customer.name, "email": customer.email, "phone": "0799123456", "country": "RO"}
        await make_order(
            session, channel=channel, customer=customer, status=Status.CANCELLED, billing=address, shipping=address
        )
    await merge_customers(session, OPERATOR, keep.id, drop.id)
    await erased(session, keep.id)
    assert await places_that_hold(session, "Kanarek", "canary.example", "0799123456") == set()


async def test_nobody_becomes_an_erased_customer_again(session: AsyncSession, person: Customer) -> None:
    other = await make_customer(session)
    await erased(session, person.id)
    with pytest.raises(Invalid, match="erased"):
        await merge_customers(session, OPERATOR, other.id, person.id)
    assert await bring_and_find(session, other) != person.id


async def bring_and_find(session: AsyncSession, other: Customer) -> UUID | None:
    channel = await make_channel(session)
    await map_cod(session, channel)
    outcome = await bring_one(
        session, channel, replace(incoming(line("CUP-1")), customer=IncomingCustomer(name=other.name))
    )
    return await session.scalar(select(Order.customer_id).where(Order.id == outcome.order_id))


@pytest.mark.spec("EXT-1")
async def test_an_erased_customer_takes_no_metafields(session: AsyncSession, person: Customer) -> None:
    await erased(session, person.id)
    with pytest.raises(Invalid) as caught:
        await set_metafields(session, OPERATOR, SetMetafields(owner=Owner.CUSTOMER, id=person.id, values=[]))
    assert [(one.path, one.code) for one in caught.value.problems] == [(("id",), "ERASED")]
