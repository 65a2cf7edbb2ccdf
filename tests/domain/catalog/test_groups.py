"""Groups of products: a tree, never a circle."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.groups import (
    MAX_DEPTH,
    UpsertProductGroup,
    delete_product_group,
    group_chain,
    group_chains,
    upsert_product_group,
)
from domain.catalog.models import Product, ProductGroup
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from tests.support.builders import OPERATOR, make_variant

pytestmark = pytest.mark.spec("CAT-1")


async def make_group(session: AsyncSession, slug: str, parent: str | None = None) -> ProductGroup:
    return await upsert_product_group(session, OPERATOR, UpsertProductGroup(slug=slug, name=slug, parent=parent))


async def test_the_chain_of_a_product_goes_up_to_the_top(session: AsyncSession) -> None:
    top = await make_group(session, "electronics")
    middle = await make_group(session, "phones", "electronics")
    low = await make_group(session, "cases", "phones")
    case, phone, lone = [await make_variant(session) for _ in range(3)]
    for variant, group in ((case, low), (phone, middle)):
        (await session.get_one(Product, variant.product_id)).group_id = group.id
    await session.flush()
    assert await group_chain(session, case.product_id) == (low.id, middle.id, top.id)
    assert await group_chain(session, lone.product_id) == ()
    chains = await group_chains(session, [case.id, phone.id, lone.id])
    assert chains == {case.id: (low.id, middle.id, top.id), phone.id: (middle.id, top.id)}


async def test_a_group_is_moved_but_never_below_itself(session: AsyncSession) -> None:
    await make_group(session, "a")
    await make_group(session, "b", "a")
    await make_group(session, "c", "b")
    for parent in ("a", "b", "c"):
        with pytest.raises(Invalid) as refused:
            await make_group(session, "a", parent)
        assert refused.value.problems[0].code == "CIRCLE"
    moved = await make_group(session, "c", "a")
    assert moved.version == 2
    same = await make_group(session, "c", "a")
    assert same.version == 2
    with pytest.raises(Invalid) as refused:
        await make_group(session, "c", "nowhere")
    assert (refused.value.problems[0].path, refused.value.problems[0].code) == (("parent",), "UNKNOWN_GROUP")
    with pytest.raises(StaleVersion):
        await upsert_product_group(session, OPERATOR, UpsertProductGroup(slug="c", name="c", expected_version=9))


async def test_the_tree_grows_only_so_deep(session: AsyncSession) -> None:
    await make_group(session, "g1")
    for depth in range(2, MAX_DEPTH + 1):
        await make_group(session, f"g{depth}", f"g{depth - 1}")
    with pytest.raises(Invalid) as refused:
        await make_group(session, "deeper", f"g{MAX_DEPTH}")
    assert refused.value.problems[0].code == "TOO_DEEP"
    await make_group(session, "above")
    with pytest.raises(Invalid):
        await make_group(session, "g1", "above")


async def test_only_an_empty_group_goes(session: AsyncSession) -> None:
    await make_group(session, "a")
    await make_group(session, "b", "a")
    with pytest.raises(Invalid) as refused:
        await delete_product_group(session, OPERATOR, "a")
    assert refused.value.problems[0].code == "IN_USE"
    await delete_product_group(session, OPERATOR, "b")
    await delete_product_group(session, OPERATOR, "a")
    with pytest.raises(NotFound):
        await delete_product_group(session, OPERATOR, "a")


async def test_two_moves_at_once_make_no_circle(database: Database) -> None:
    async with database.begin() as session:
        await make_group(session, "a")
        await make_group(session, "b")

    async def move(slug: str, parent: str) -> bool:
        try:
            async with database.begin() as session:
                await make_group(session, slug, parent)
        except Invalid:
            return False
        return True

    assert sorted(await asyncio.gather(move("a", "b"), move("b", "a"))) == [False, True]
