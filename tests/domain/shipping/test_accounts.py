import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.refusals import Invalid, NotFound
from domain.kernel.secrets import WrongKeyError
from domain.shipping.accounts import CreateCourierAccount, account_by_slug, create_account
from tests.support.builders import OPERATOR
from tests.support.shipping import VAULT


def command(**fields: object) -> CreateCourierAccount:
    return CreateCourierAccount(**{"slug": "innoship", "title": "Innoship", "connector": "innoship", **fields})  # type: ignore[arg-type]


async def test_credentials_are_sealed_to_their_row(session: AsyncSession) -> None:
    account = await create_account(session, OPERATOR, command(credentials={"api_key": "very secret"}), VAULT)
    assert account.credentials is not None
    assert b"very secret" not in account.credentials
    assert VAULT.open(account.credentials, f"courier:{account.id}") == {"api_key": "very secret"}
    with pytest.raises(WrongKeyError):
        VAULT.open(account.credentials, "courier:another")


async def test_a_slug_that_is_taken_is_refused(session: AsyncSession) -> None:
    await create_account(session, OPERATOR, command(), VAULT)
    with pytest.raises(Invalid) as refused:
        await create_account(session, OPERATOR, command(), VAULT)
    assert [(p.path, p.code) for p in refused.value.problems] == [(("slug",), "TAKEN")]


@pytest.mark.parametrize("slug", ["", "Has Upper", "a/b", "-x", "a" * 64])
async def test_a_slug_must_fit_an_address(session: AsyncSession, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        await create_account(session, OPERATOR, command(slug=slug), VAULT)
    assert refused.value.problems[0].code == "BAD_SLUG"


async def test_an_unknown_slug_is_said(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match="There is no courier account nowhere"):
        await account_by_slug(session, "nowhere")
