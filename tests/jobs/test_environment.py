import pytest

from domain.kernel.refusals import Invalid
from jobs.environment import check, number

NAME = "OMNISALES_SWEEP_SECONDS"


def test_what_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert number(NAME) == 30
    monkeypatch.setenv(NAME, "")
    assert number(NAME) == 30
    monkeypatch.setenv(NAME, "1.5")
    assert number(NAME) == 1.5


@pytest.mark.parametrize("text", ["soon", "0", "-1", "1e9", "nan", "inf"])
def test_what_cannot_be_used_is_refused_with_the_bounds(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(Invalid) as caught:
        check()
    assert caught.value.message == f"{NAME} is {text!r}: set a number from 0.1 to 86400."
    assert caught.value.path == (NAME,)
