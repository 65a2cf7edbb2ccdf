"""Sealed values: what opens them, and what does not."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.kernel.secrets import Vault, WrongKeyError, key_name, new_secret
from domain.kernel.settings import Settings

PLACE = "channel:1"
VALUE = {"consumer_secret": "cs_canary", "port": 443}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


def sealed_by_an_earlier_release(secret_key: str, value: bytes, place: str) -> bytes:
    key = HKDF(SHA256(), 32, salt=None, info=b"omnisales secrets v1").derive(secret_key.encode())
    return b"\x01" + b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, value, place.encode())


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine everything is
@given(JSON, st.text(), st.text(min_size=1))
def test_what_was_sealed_opens(value: object, place: str, key: str) -> None:
    assert Vault(key).open(Vault(key).seal(value, place), place) == value


def test_nothing_of_the_value_shows_and_no_two_seals_are_alike() -> None:
    vault = Vault("k")
    first, second = vault.seal(VALUE, PLACE), vault.seal(VALUE, PLACE)
    assert b"cs_canary" not in first
    assert first != second
    assert first[9:69] != second[9:69], "each value has a data key of its own"


@pytest.mark.spec("CHN-3")
def test_a_value_belongs_to_its_place_in_every_form() -> None:
    old = sealed_by_an_earlier_release("k", b'"x"', PLACE)
    vault = Vault("k")
    both = Vault("new", ["k"])
    for sealed in (vault.seal(VALUE, PLACE), old):
        for act in (vault.open, both.open, both.rewrapped):
            with pytest.raises(WrongKeyError, match="channel:2"):
                act(sealed, "channel:2")
        with pytest.raises(WrongKeyError):
            both.open(both.rewrapped(sealed, PLACE), "channel:2")


def test_what_an_earlier_release_sealed_opens_under_the_current_and_previous_keys() -> None:
    sealed = sealed_by_an_earlier_release("old", b'{"a": 1}', PLACE)
    assert Vault("old").open(sealed, PLACE) == {"a": 1}
    assert Vault("new", ["older", "old"]).open(sealed, PLACE) == {"a": 1}
    assert key_name(sealed) is None
    with pytest.raises(WrongKeyError):
        Vault("new", ["older"]).open(sealed, PLACE)


def test_a_rewrapped_value_needs_the_old_key_no_more() -> None:
    old, both, new = Vault("old"), Vault("new", ["old"]), Vault("new")
    for sealed in (old.seal(VALUE, PLACE), sealed_by_an_earlier_release("old", b'{"consumer_secret": "x"}', PLACE)):
        value = both.open(sealed, PLACE)
        again = both.rewrapped(sealed, PLACE)
        assert new.open(again, PLACE) == value
        assert again.startswith(new.current)
        assert both.rewrapped(again, PLACE) == again
        with pytest.raises(WrongKeyError):
            old.open(again, PLACE)


def test_rewrapping_leaves_the_value_as_it_is_encrypted() -> None:
    sealed = Vault("old").seal(VALUE, PLACE)
    again = Vault("new", ["old"]).rewrapped(sealed, PLACE)
    assert sealed[69:] == again[69:]


def test_an_unknown_key_is_named_with_the_place_and_what_to_do() -> None:
    sealed = Vault("lost").seal(VALUE, PLACE)
    with pytest.raises(WrongKeyError, match="OMNISALES_SECRET_KEY_PREVIOUS") as caught:
        Vault("k", ["other"]).rewrapped(sealed, PLACE)
    assert (caught.value.place, caught.value.key) == (PLACE, key_name(sealed))
    assert str(key_name(sealed)) in str(caught.value)


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(1, 255))
def test_nothing_but_what_was_sealed_opens(noise: bytes, place: int, bits: int) -> None:
    vault = Vault("k")
    sealed = bytearray(vault.seal(VALUE, PLACE))
    sealed[place % len(sealed)] ^= bits
    for wrong in (noise, b"\x01" + noise, b"\x02" + noise, bytes(sealed)):
        with pytest.raises(WrongKeyError):
            vault.open(wrong, PLACE)
        with pytest.raises(WrongKeyError):
            Vault("new", ["k"]).rewrapped(wrong, PLACE)


def test_keys_are_read_from_the_settings() -> None:
    settings = Settings.from_env({"OMNISALES_SECRET_KEY": "new", "OMNISALES_SECRET_KEY_PREVIOUS": " old , older,"})
    assert settings.secret_key_previous == ("old", "older")
    assert Vault.of(settings).open(Vault("older").seal(VALUE, PLACE), PLACE) == VALUE


def test_settings_do_not_show_their_secrets() -> None:
    words = repr(
        Settings.from_env(
            {
                "OMNISALES_SECRET_KEY": "canary-1",
                "OMNISALES_SECRET_KEY_PREVIOUS": "canary-2",
                "OMNISALES_ADMIN_KEY": "canary-3",
                "DATABASE_URL": "postgresql://u:canary-4@db/o",
                "REDIS_URL": "redis://:canary-5@redis",
                "OMNISALES_SMTP_URL": "smtp://u:canary-6@mail",
                "OMNISALES_MAIL_FROM": "shop@example.com",
            }
        )
    )
    assert "canary" not in words


def test_new_secrets_are_long_and_not_alike() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100 and all(len(one) >= 43 for one in made)
