"""Orders that lock stock when they are imported are known beforehand by their status there."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.import_alone import goes_alone
from tests.support.builders import make_channel
from tests.support.incoming import rules_of


@pytest.mark.spec("SYN-4", "CHN-4")
@pytest.mark.parametrize(
    ("word", "by_click", "by_itself"),
    [
        ("processing", False, True),
        ("pending", False, True),
        ("on-hold", False, True),
        ("completed", False, False),
        ("refunded", False, False),
        ("cancelled", True, True),
        ("unheard-of", False, True),
    ],
)
async def test_what_may_take_or_free_goods_goes_alone(
    session: AsyncSession, word: str, by_click: bool, by_itself: bool
) -> None:
    for auto_confirm, alone in ((False, by_click), (True, by_itself)):
        channel = await make_channel(session, auto_confirm=auto_confirm)
        assert goes_alone(await rules_of(session, channel), word) is alone
