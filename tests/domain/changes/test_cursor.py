"""Cursors of the feed (spec SYN-10)."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.changes.cursor import Place, decode, encode
from domain.kernel.refusals import Invalid

pytestmark = pytest.mark.spec("SYN-10")

NUMBERS = st.integers(0, 2**63 - 1)


@given(st.uuids(), NUMBERS, NUMBERS)
def test_a_cursor_is_read_as_it_was_written(epoch: UUID, xid: int, position: int) -> None:
    assert decode(encode(epoch, Place(xid, position))) == (epoch, (xid, position))


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode(text)
    assert caught.value.problems[0].code == "BAD_CURSOR"


@pytest.mark.parametrize("inner", ["0" * 32 + ".1", "0" * 32 + f".{2**63}.1", "0" * 31 + ".1.1", "0" * 32 + ".-1.1"])
def test_a_cursor_that_somebody_made_is_refused(inner: str) -> None:
    with pytest.raises(Invalid):
        decode(base64.urlsafe_b64encode(inner.encode()).decode().rstrip("="))
