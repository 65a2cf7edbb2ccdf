"""Legal entities and series: what they must be, who changes them at once, and who stands on an invoice (CHN-4)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.models import AuditEntry
from domain.channels.models import Channel
from domain.channels.settings import Settings
from domain.channels.update import UpdateChannel, update_channel
from domain.flows.bootstrap import ensure_defaults
from domain.invoicing.entities import UpsertLegalEntity, upsert_legal_entity
from domain.invoicing.issue import credit_invoice, issue_invoice
from domain.invoicing.models import Invoice, InvoiceKind, InvoiceSeries, LegalEntity
from domain.invoicing.series import UpsertSeries, upsert_series
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Refusal, StaleVersion
from domain.orders.queries import order_for_update
from tests.support.builders import OPERATOR, make_channel, make_order

SEAT = {"street": "Str. Lungă 1", "city": "Brașov", "county": None, "country": "ro"}


async def entity(session: AsyncSession, name: str = "Alfa SRL", **fields: Any) -> LegalEntity:
    return await upsert_legal_entity(session, OPERATOR, UpsertLegalEntity(name=name, **fields))


async def series(session: AsyncSession, prefix: str, owner: LegalEntity, **fields: Any) -> InvoiceSeries:
    return await upsert_series(session, OPERATOR, UpsertSeries(prefix=prefix, legal_entity=owner.id, **fields))


def problems(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


@pytest.mark.spec("CHN-4")
async def test_an_entity_is_kept_as_it_is_written_on_invoices(session: AsyncSession) -> None:
    made = await entity(
        session,
        " Alfa SRL ",
        tax_id="ro 143 998 40",
        registration_number=" J08/1/2020 ",
        address=SEAT,
        iban="ro49 aaaa 1b31 0075 9384 0000",
        bank="Banca",
    )
    assert (made.name, made.tax_id, made.registration_number, made.iban, made.bank, made.version) == (
        *("Alfa SRL", "RO14399840", "J08/1/2020", "RO49AAAA1B31007593840000"),
        *("Banca", 1),
    )
    assert made.address == {"street": "Str. Lungă 1", "city": "Brașov", "country": "RO"}
    again = await entity(session, "Alfa SRL", tax_id="RO14399840")
    assert (again.id, again.version, again.iban, again.address) == (made.id, 2, None, None), "as it is said, no more"
    repeated = await entity(session, "Alfa SRL", tax_id="RO14399840", expected_version=2)
    assert repeated.version == 2
    renamed = await entity(session, "Alfa SA", id=made.id, tax_id="RO14399840", expected_version=2)
    assert (renamed.id, renamed.name, renamed.version) == (made.id, "Alfa SA", 3)
    await session.flush()
    told = await session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "legal_entity").order_by(AuditEntry.id)
    )
    assert list(told) == ["legal_entity.create", "legal_entity.update", "legal_entity.update"]


@pytest.mark.spec("CHN-4")
async def test_every_wrong_field_of_an_entity_is_named(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refusal:
        await entity(
            session,
            " ",
            tax_id="RO14399841",
            registration_number="x" * 51,
            address={"country": "Romania", "planet": "Earth"},
            iban="RO00AAAA1B31007593840000",
            bank="a\x00",
        )
    assert problems(refusal) == [
        ("name", "MISSING"),
        ("registrationNumber", "NOT_A_TEXT"),
        ("bank", "NOT_A_TEXT"),
        ("address.planet", "UNKNOWN_FIELD"),
        ("address.country", "BAD_COUNTRY"),
        ("taxId", "BAD_TAX_ID"),
        ("iban", "BAD_IBAN"),
    ]


async def test_an_entity_is_found_by_its_id_or_name_and_a_name_is_taken_once(session: AsyncSession) -> None:
    alfa = await entity(session)
    await entity(session, "Beta SRL")
    with pytest.raises(NotFound):
        await entity(session, id=new_id())
    with pytest.raises(StaleVersion):
        await entity(session, tax_id="14399840", expected_version=9)
    with pytest.raises(Invalid) as refusal:
        async with session.begin_nested():
            await entity(session, "Beta SRL", id=alfa.id)
    assert problems(refusal) == [("name", "TAKEN")]


@pytest.mark.spec("CHN-4")
async def test_the_houses_first_entity_is_given_its_name_and_no_other_is_made_at_the_next_start(
    session: AsyncSession,
) -> None:
    own = (await session.scalars(select(LegalEntity))).one()
    await entity(session, "Alfa SRL", id=own.id)
    await ensure_defaults(session)
    assert (await session.scalars(select(LegalEntity.name))).all() == ["Alfa SRL"]


@pytest.mark.spec("CHN-4")
@pytest.mark.spec("INV-1")
async def test_a_series_goes_on_only_upward_and_only_until_it_is_used(session: AsyncSession) -> None:
    alfa = await entity(session)
    made = await series(session, "A", alfa, kind=InvoiceKind.INVOICE, next_number=100)
    assert (made.next_number, made.version) == (100, 1)
    assert (await series(session, "A", alfa, kind=InvoiceKind.INVOICE)).version == 1
    assert (await series(session, "A", alfa, kind=InvoiceKind.INVOICE, next_number=200)).next_number == 200
    with pytest.raises(Invalid) as refusal:
        await series(session, "A", alfa, kind=InvoiceKind.INVOICE, next_number=199)
    assert problems(refusal) == [("nextNumber", "BACKWARDS")]
    beta = await entity(session, "Beta SRL")
    with pytest.raises(Invalid) as refusal:
        await series(session, "A", beta)
    assert problems(refusal) == [("legalEntity", "FIXED"), ("kind", "FIXED")]
    with pytest.raises(StaleVersion):
        await series(session, "A", alfa, kind=InvoiceKind.INVOICE, expected_version=1)
    for wrong in ("", "inv", "A B", "A" * 21, "-A", "A\x00", "Ă"):
        with pytest.raises(Invalid) as refusal:
            await series(session, wrong, alfa, next_number=0)
        assert problems(refusal) == [("prefix", "BAD_PREFIX"), ("nextNumber", "OUT_OF_RANGE")]
    with pytest.raises(Invalid) as refusal:
        await upsert_series(session, OPERATOR, UpsertSeries(prefix="B", legal_entity=new_id()))
    assert problems(refusal) == [("legalEntity", "NOT_FOUND")]


@pytest.mark.spec("INV-1")
async def test_a_series_in_use_has_no_gap(session: AsyncSession) -> None:
    await issue_invoice(session, OPERATOR, await make_order(session))
    own = (await session.scalars(select(LegalEntity))).one()
    with pytest.raises(Invalid) as refusal:
        await series(session, "INV", own, next_number=50)
    assert problems(refusal) == [("nextNumber", "IN_USE")]
    assert (await series(session, "INV", own, next_number=2)).next_number == 2, "as it is already"


async def sold_by(session: AsyncSession, channel: Channel, owner: LegalEntity, invoices: str, credits: str) -> None:
    settings = Settings(legal_entity=owner.id, invoice_series=invoices, credit_series=credits)
    await update_channel(session, OPERATOR, UpdateChannel(channel_id=channel.id, settings=settings))


@pytest.mark.spec("CHN-4")
@pytest.mark.spec("INV-1")
async def test_another_legal_entity_sells_later_orders_and_what_was_issued_stays(session: AsyncSession) -> None:
    alfa = await entity(session, tax_id="RO14399840", address=SEAT)
    beta = await entity(session, "Beta SRL", tax_id="RO18547290")
    for prefix, owner in (("A", alfa), ("AC", alfa), ("B", beta), ("BC", beta)):
        await series(session, prefix, owner)
    channel = await make_channel(session)
    await sold_by(session, channel, alfa, "A", "AC")
    first, earlier = [await make_order(session, channel=channel) for _ in range(2)]
    issued = await issue_invoice(session, OPERATOR, await order_for_update(session, first.id))
    await sold_by(session, channel, beta, "B", "BC")
    later = await make_order(session, channel=channel)
    documents = [
        issued,
        await issue_invoice(session, OPERATOR, await order_for_update(session, earlier.id)),
        await issue_invoice(session, OPERATOR, await order_for_update(session, later.id)),
        await credit_invoice(session, OPERATOR, await order_for_update(session, first.id)),
        await credit_invoice(session, OPERATOR, await order_for_update(session, later.id)),
    ]
    await entity(session, "Alfa SRL", id=alfa.id, tax_id="RO18547290")
    found = [(one.display_number, one.seller) for one in documents if one is not None]
    seat = {"street": "Str. Lungă 1", "city": "Brașov", "country": "RO"}
    of_alfa = {"name": "Alfa SRL", "tax_id": "RO14399840", "address": seat}
    of_beta = {"name": "Beta SRL", "tax_id": "RO18547290"}
    assert found == [("A-1", of_alfa), ("A-2", of_alfa), ("B-1", of_beta), ("AC-1", of_alfa), ("BC-1", of_beta)]


@pytest.mark.spec("CHN-4")
async def test_a_channel_that_changes_hands_twice_keeps_who_sold_when(session: AsyncSession) -> None:
    owners = {name: await entity(session, f"{name} SRL") for name in ("A", "B", "C")}
    for name, owner in owners.items():
        await series(session, name, owner)
    channel = await make_channel(session)
    orders = {}
    for name in ("A", "B", "A", "C"):
        await sold_by(session, channel, owners[name], name, name)
        orders[name, len(orders)] = await make_order(session, channel=channel)
    for (name, _), order in orders.items():
        invoice = await issue_invoice(session, OPERATOR, await order_for_update(session, order.id))
        assert invoice is not None
        assert invoice.seller == {"name": f"{name} SRL"}


async def test_an_invoice_of_before_sellers_were_kept_is_credited_without_one(session: AsyncSession) -> None:
    order = await make_order(session)
    await issue_invoice(session, OPERATOR, order)
    await session.execute(update(Invoice).values(seller=None), execution_options={"synchronize_session": "fetch"})
    note = await credit_invoice(session, OPERATOR, await order_for_update(session, order.id))
    assert note is not None
    assert (note.seller, note.kind) == (None, InvoiceKind.CREDIT_NOTE)


@pytest.mark.spec("CHN-4")
async def test_of_those_who_make_one_prefix_or_name_at_once_all_have_the_same(database: Database) -> None:
    async with database.begin() as session:
        owners = [await entity(session, f"E{number} SRL") for number in range(3)]

    async def make(owner: LegalEntity) -> object:
        try:
            async with database.begin() as session:
                await entity(session, "New SRL", tax_id="14399840")
                return (await series(session, "X", owner)).legal_entity_id
        except Refusal as refusal:
            return refusal

    outcomes = await asyncio.gather(*map(make, owners))
    made = [one for one in outcomes if not isinstance(one, Refusal)]
    assert len(made) == 1
    assert all(isinstance(one, Invalid) and one.problems[0].code == "FIXED" for one in outcomes if one not in made)
    async with database.begin() as session:
        assert await session.scalar(select(InvoiceSeries.legal_entity_id).where(InvoiceSeries.prefix == "X")) == made[0]
        counted = select(func.count()).select_from(LegalEntity).where(LegalEntity.name == "New SRL")
        assert await session.scalar(counted) == 1


@pytest.mark.spec("INV-1")
async def test_a_number_that_is_raised_while_an_invoice_is_issued_makes_no_gap(database: Database) -> None:
    async with database.begin() as session:
        order = await make_order(session)
        own = (await session.scalars(select(LegalEntity))).one()

    async def issue() -> None:
        async with database.begin() as session:
            await issue_invoice(session, OPERATOR, await order_for_update(session, order.id))

    async def raise_number() -> str:
        try:
            async with database.begin() as session:
                await series(session, "INV", own, next_number=500)
                return "raised"
        except Invalid as refusal:
            return refusal.problems[0].code

    _, outcome = await asyncio.gather(issue(), raise_number())
    async with database.begin() as session:
        number = (await session.scalars(select(Invoice.number))).one()
        following = await session.scalar(select(InvoiceSeries.next_number).where(InvoiceSeries.prefix == "INV"))
    assert (outcome, number, following) in (("raised", 500, 501), ("IN_USE", 1, 2))
