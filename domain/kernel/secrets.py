"""Encryption of secrets at rest: AES-256-GCM under keys derived from OMNISALES_SECRET_KEY (see `envelope`)."""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cryptography.exceptions import InvalidTag

from .envelope import ENVELOPE, OLD, HouseKey, taken_apart
from .settings import Settings


class WrongKeyError(Exception):
    """The secret of `place` (such as `channel:<id>`) was encrypted under none of our keys, or was tampered with.

    `key` is the name of the key that it wants, None where it does not say.
    """

    def __init__(self, place: str, key: str | None = None) -> None:
        which = "a key" if key is None else f"the key {key}"
        super().__init__(
            f"The secret of {place} cannot be decrypted: it was stored under {which} that is neither "
            "OMNISALES_SECRET_KEY nor in OMNISALES_SECRET_KEY_PREVIOUS, or it was changed since. Add the key that it "
            "was stored under to OMNISALES_SECRET_KEY_PREVIOUS and start again, or enter the credentials anew."
        )
        self.place = place
        self.key = key


class Vault:
    """Encrypts and decrypts values. `place` binds a value to its row, so that it cannot be moved to another.

    `secret_key` encrypts; what was encrypted under one of `previous` still opens.
    """

    def __init__(self, secret_key: str, previous: Sequence[str] = ()) -> None:
        self._current = HouseKey(secret_key)
        self._keys = (self._current, *map(HouseKey, previous))

    @classmethod
    def of(cls, settings: Settings) -> "Vault":
        """The vault of this process. Raises `Invalid` without a secret key."""
        return cls(settings.need("secret_key"), settings.secret_key_previous)

    @property
    def current(self) -> bytes:
        """What everything begins with that needs no rotation: the version, and the name of the current key."""
        return ENVELOPE + self._current.name

    def seal(self, value: Any, place: str) -> bytes:
        """Encrypts a JSON value."""
        return self._current.seal(json.dumps(value).encode(), place)

    def open(self, sealed: bytes, place: str) -> Any:
        """Decrypts what `seal` made. Raises `WrongKeyError`."""
        return json.loads(self._opened(sealed, place))

    def rewrapped(self, sealed: bytes, place: str) -> bytes:
        """The same value under the current key. Raises `WrongKeyError`."""
        if sealed.startswith(self.current):
            return sealed
        envelope = taken_apart(sealed)
        if envelope is None:
            return self._current.seal(self._opened(sealed, place), place)
        # Opening it whole proves that what is written back can be read.
        self._opened(sealed, place)
        data_key = self._named(envelope.name, place).opened_key(envelope, place)
        return replace(envelope, name=self._current.name, key=self._current.sealed_key(data_key, place)).to_bytes()

    def _opened(self, sealed: bytes, place: str) -> bytes:
        envelope = taken_apart(sealed)
        if envelope is None:
            return self._opened_old(sealed, place)
        try:
            return self._named(envelope.name, place).open(envelope, place)
        except InvalidTag as error:
            raise WrongKeyError(place, envelope.name.hex()) from error

    def _opened_old(self, sealed: bytes, place: str) -> bytes:
        for key in self._keys if sealed[:1] == OLD else ():
            try:
                return key.open_old(sealed, place)
            except (InvalidTag, ValueError):
                continue
        raise WrongKeyError(place)

    def _named(self, name: bytes, place: str) -> HouseKey:
        for key in self._keys:
            if key.name == name:
                return key
        raise WrongKeyError(place, name.hex())


def key_name(sealed: bytes) -> str | None:
    """The name of the key that a value is sealed under; None where it names none (version 1, or nothing of ours)."""
    envelope = taken_apart(sealed)
    return None if envelope is None else envelope.name.hex()


def new_secret(length: int = 32) -> str:
    """A random secret of URL-safe characters; `length` is in bytes of randomness."""
    return base64.urlsafe_b64encode(os.urandom(length)).rstrip(b"=").decode()


def digest(secret: str) -> str:
    """How an API key is kept: its SHA-256. Keys are random and long, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).hexdigest()
