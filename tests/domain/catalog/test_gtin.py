"""Bar codes prove themselves by their last digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.gtin import LENGTHS, check_digit, gtin_problem

pytestmark = pytest.mark.spec("CAT-1")


@pytest.mark.parametrize("good", ["96385074", "036000291452", "4006381333931", "10012345678902", "5901234123457"])
def test_known_numbers_fit(good: str) -> None:
    assert gtin_problem(good) is None


@pytest.mark.parametrize("bad", ["", "1", "594", "5901234123458", "59012341234570", "590123412345x", "٥٩٠١٢٣٤١"])
def test_what_is_no_number_says_so(bad: str) -> None:
    assert gtin_problem(bad)


@given(st.sampled_from(LENGTHS).flatmap(lambda n: st.text("0123456789", min_size=n - 1, max_size=n - 1)), st.data())
def test_one_mistyped_digit_is_always_found(digits: str, data: st.DataObject) -> None:
    whole = f"{digits}{check_digit(digits)}"
    assert gtin_problem(whole) is None
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != whole[place]]))
    assert gtin_problem(whole[:place] + other + whole[place + 1 :])
