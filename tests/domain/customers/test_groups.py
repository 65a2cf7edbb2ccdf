"""Groups of customers, and who is in which."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.groups import (
    UpsertCustomerGroup,
    delete_customer_group,
    groups_of,
    set_customer_groups,
    upsert_customer_group,
)
from domain.customers.upsert import UpsertCustomer, upsert_customer
from domain.flows.merge_customers import merge_customers
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.pricing.lists import UpsertPriceList, archive_price_list, upsert_price_list
from tests.support.builders import OPERATOR, make_customer


async def make_groups(session: AsyncSession, *slugs: str) -> None:
    for slug in slugs:
        await upsert_customer_group(session, OPERATOR, UpsertCustomerGroup(slug=slug, name=slug.title()))


async def test_a_group_is_made_once_then_renamed(session: AsyncSession) -> None:
    command = UpsertCustomerGroup(slug="vip", name=" VIP ")
    made = await upsert_customer_group(session, OPERATOR, command)
    again = await upsert_customer_group(session, OPERATOR, command)
    assert (again.id, again.name, again.version) == (made.id, "VIP", 1)
    renamed = await upsert_customer_group(
        session, OPERATOR, UpsertCustomerGroup(slug="vip", name="Best", expected_version=1)
    )
    assert (renamed.name, renamed.version) == ("Best", 2)
    with pytest.raises(StaleVersion):
        await upsert_customer_group(session, OPERATOR, UpsertCustomerGroup(slug="vip", name="x", expected_version=1))


@pytest.mark.parametrize(
    ("slug", "name", "paths"),
    [("", "", ["slug", "name"]), ("VIP", "x", ["slug"]), ("a" * 64, "x", ["slug"]), ("a", "x" * 201, ["name"])],
)
async def test_every_wrong_field_of_a_group_is_named(
    session: AsyncSession, slug: str, name: str, paths: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await upsert_customer_group(session, OPERATOR, UpsertCustomerGroup(slug=slug, name=name))
    assert [problem.path for problem in refused.value.problems] == [(path,) for path in paths]


async def test_a_customer_is_in_exactly_the_groups_that_were_set(session: AsyncSession) -> None:
    await make_groups(session, "vip", "wholesale", "retail")
    customer = await make_customer(session)
    for slugs in (["vip", "retail"], ["retail", "wholesale"], ["retail", "wholesale", "retail"], []):
        await set_customer_groups(session, OPERATOR, customer.id, slugs)
        assert len(await groups_of(session, customer.id)) == len(set(slugs))
    assert customer.version == 4, "a repeat is no change"
    with pytest.raises(Invalid) as refused:
        await set_customer_groups(session, OPERATOR, customer.id, ["vip", "nobody", "\x00", "\ud800"])
    assert [problem.path for problem in refused.value.problems] == [("groups", "1"), ("groups", "2"), ("groups", "3")]
    with pytest.raises(NotFound):
        await set_customer_groups(session, OPERATOR, new_id(), [])
    with pytest.raises(StaleVersion):
        await set_customer_groups(session, OPERATOR, customer.id, [], expected_version=1)


async def test_a_group_that_goes_is_left_by_its_customers(session: AsyncSession) -> None:
    await make_groups(session, "vip", "retail")
    customer = await make_customer(session)
    await set_customer_groups(session, OPERATOR, customer.id, ["vip", "retail"])
    await delete_customer_group(session, OPERATOR, "vip")
    assert len(await groups_of(session, customer.id)) == 1
    for slug in ("vip", "", "\ud800"):
        with pytest.raises(NotFound):
            await delete_customer_group(session, OPERATOR, slug)


async def test_merged_customers_are_in_the_groups_of_both(session: AsyncSession) -> None:
    await make_groups(session, "vip", "retail", "wholesale")
    keep, drop = await make_customer(session), await make_customer(session)
    await set_customer_groups(session, OPERATOR, keep.id, ["vip", "retail"])
    await set_customer_groups(session, OPERATOR, drop.id, ["retail", "wholesale"])
    await merge_customers(session, OPERATOR, keep.id, drop.id)
    assert len(await groups_of(session, keep.id)) == 3


async def test_a_customer_is_made_and_changed_where_something_is_said(session: AsyncSession) -> None:
    await make_groups(session, "vip")
    made = await upsert_customer(
        session, OPERATOR, UpsertCustomer(name=" Ana ", email=" Ana@Example.com ", phone="0722", groups=["vip"])
    )
    assert (made.name, made.email, made.phone, made.version) == ("Ana", "ana@example.com", "0722", 1)
    change = UpsertCustomer(id=made.id, company="Cup SRL", phone="", expected_version=1)
    changed = await upsert_customer(session, OPERATOR, change)
    assert (changed.company, changed.phone, changed.email, changed.version) == ("Cup SRL", None, "ana@example.com", 2)
    assert len(await groups_of(session, made.id)) == 1
    same = await upsert_customer(session, OPERATOR, UpsertCustomer(id=made.id, company="Cup SRL"))
    assert same.version == 2
    with pytest.raises(StaleVersion):
        await upsert_customer(session, OPERATOR, change)
    with pytest.raises(NotFound):
        await upsert_customer(session, OPERATOR, UpsertCustomer(id=new_id(), name="x"))


async def test_every_wrong_field_of_a_customer_is_named(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refused:
        await upsert_customer(
            session, OPERATOR, UpsertCustomer(email="nothing", phone="0" * 201, company="\x00", tax_id="\ud800")
        )
    assert {problem.path: problem.code for problem in refused.value.problems} == {
        ("name",): "MISSING",
        ("email",): "BAD_EMAIL",
        ("phone",): "NOT_A_TEXT",
        ("company",): "NOT_A_TEXT",
        ("taxId",): "NOT_A_TEXT",
    }


async def test_a_group_that_a_price_list_names_stays_until_the_list_is_archived(session: AsyncSession) -> None:
    await make_groups(session, "vip")
    command = UpsertPriceList(slug="for-vip", name="VIP", currency="RON", groups=["vip"])
    await upsert_price_list(session, OPERATOR, command)
    with pytest.raises(Invalid) as refused:
        await delete_customer_group(session, OPERATOR, "vip")
    assert refused.value.problems[0].code == "IN_USE"
    await archive_price_list(session, OPERATOR, "for-vip")
    await delete_customer_group(session, OPERATOR, "vip")
