"""No change of the contract goes unseen: third parties build on every line of it."""

import pytest

from omnisales_sdk import CONTRACT, Manifest

from .contract import GOLDEN, contract_text


@pytest.mark.spec("PLG-2")
def test_the_contract_is_as_it_was_agreed() -> None:
    assert contract_text() == GOLDEN.read_text("utf-8"), (
        "the contract has changed: within a major version hooks and fields may only be added, fields with defaults; "
        "if so, write it anew with `python -m tests.plugins.sdk.contract` and commit the difference"
    )


def test_a_card_is_built_for_the_major_version_it_was_written_in() -> None:
    assert Manifest.__dataclass_fields__["contract"].default[0] == CONTRACT[0]
