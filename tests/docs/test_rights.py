"""The guide to rights says what the code does."""

import pytest

from domain.kernel.actor import Permission

from .rights import opens, tables, told

pytestmark = pytest.mark.spec("SEC-1")

UNMASKS = {Permission.PAYLOADS_VIEW, Permission.PRIVACY_EDIT}
"""What opens no field of its own, and shows more of what others open."""


def test_the_tables_are_those_of_the_code() -> None:
    assert told() == tables(), "rights changed: run python -m tests.docs.rights"


def test_every_permission_opens_something() -> None:
    assert [one for one in Permission if not opens(one) and one not in UNMASKS] == []
