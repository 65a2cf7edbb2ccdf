"""Whose e-mail it is when somebody with a limited view gives one that another customer has."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.match import Buyer, load_customers
from domain.customers.upsert import UpsertCustomer, upsert_customer
from domain.kernel.actor import Scope
from domain.kernel.ids import new_id
from tests.support.builders import OPERATOR, make_customer

pytestmark = pytest.mark.spec("SEC-1")

SELLER = replace(OPERATOR, scope=Scope(seller="Ana"))


async def test_an_email_given_with_a_limited_view_means_who_had_it_before(session: AsyncSession) -> None:
    first = await make_customer(session, email="maria@client.example")
    other = await make_customer(session, email="other@client.example")
    buyer = Buyer(external_id=None, name="", email="maria@client.example", phone="", company="", tax_id="")
    await upsert_customer(session, SELLER, UpsertCustomer(id=other.id, email=buyer.email))
    assert (await load_customers(session, new_id(), [buyer])).find(buyer) == first.id
    await upsert_customer(session, OPERATOR, UpsertCustomer(id=other.id, email="free@client.example"))
    buyer = replace(buyer, email="free@client.example")
    assert not other.apart
    assert (await load_customers(session, new_id(), [buyer])).find(buyer) == other.id
