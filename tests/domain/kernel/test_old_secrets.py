"""Webhook secrets after they were changed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.old_secrets import MOST, OldSecret, accepted_at, open_old, retire, seal_old
from domain.kernel.secrets import Vault

pytestmark = pytest.mark.spec("SEC-3")

NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_each_keeps_its_own_end() -> None:
    first = retire([], "a", "b", now=NOW, until=NOW + DAY)
    second = retire(first, "b", "c", now=NOW + DAY / 2, until=NOW + DAY * 1.5)

    assert accepted_at(second, NOW + DAY / 2) == ["b", "a"]
    assert accepted_at(second, NOW + DAY) == ["b"]
    assert accepted_at(second, NOW + DAY * 1.5) == []


def test_no_more_time_ends_all_of_them() -> None:
    known = retire([], "a", "b", now=NOW, until=NOW + DAY)

    assert retire(known, "b", "c", now=NOW, until=NOW) == []


def test_a_secret_that_comes_back_is_not_old() -> None:
    known = retire([], "a", "b", now=NOW, until=NOW + DAY)

    assert accepted_at(retire(known, "b", "a", now=NOW, until=NOW + DAY), NOW) == ["b"]
    assert retire(known, "a", "a", now=NOW, until=NOW + DAY) == []


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=20))
def test_there_are_never_many_and_each_once(changes: list[str]) -> None:
    known: list[OldSecret] = []
    before = None
    for after in changes:
        known = retire(known, before, after, now=NOW, until=NOW + DAY)
        before = after
        accepted = accepted_at(known, NOW)
        assert len(accepted) == len(set(accepted)) <= MOST
        assert after not in accepted


def test_they_are_sealed_and_bound_to_their_account() -> None:
    vault, account = Vault("k" * 32), uuid4()
    secrets = [OldSecret("the old one", NOW)]

    sealed = seal_old(vault, secrets, "channel", account)

    assert sealed is not None
    assert b"the old one" not in sealed
    assert open_old(vault, sealed, "channel", account) == secrets
    assert seal_old(vault, [], "channel", account) is None
    assert open_old(vault, None, "channel", account) == []
    assert "the old one" not in repr(secrets)
