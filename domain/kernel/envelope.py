"""The form of a sealed value: encrypted under a data key of its own, which is encrypted under the house's key.

    version (2) | key name, 8 bytes | nonce, 12 | data key, sealed, 48 | nonce, 12 | value, sealed

Changing the house's key encrypts the data key anew and leaves the value as it is. Both parts are bound to the place
where the value is kept. Version 1, of earlier releases, is a nonce and the value under the house's key itself, which
it does not name.
"""

import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

OLD, ENVELOPE = b"\x01", b"\x02"
NAME_BYTES = 8
_NONCE = 12
_DATA_KEY = 32
_SEALED_KEY = _DATA_KEY + 16
_SHORTEST = 1 + NAME_BYTES + _NONCE + _SEALED_KEY + _NONCE + 16


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed value of version 2, taken apart. `name` says under which house key `key` is sealed."""

    name: bytes
    key: bytes
    value: bytes

    def to_bytes(self) -> bytes:
        return ENVELOPE + self.name + self.key + self.value


def taken_apart(sealed: bytes) -> Envelope | None:
    """None for what is not of version 2, or too short for it."""
    if sealed[:1] != ENVELOPE or len(sealed) < _SHORTEST:
        return None
    body = 1 + NAME_BYTES
    key_end = body + _NONCE + _SEALED_KEY
    return Envelope(sealed[1:body], sealed[body:key_end], sealed[key_end:])


class HouseKey:
    """What a secret key of the house makes: the cipher for data keys, that for values of version 1, and its name."""

    def __init__(self, secret_key: str) -> None:
        self._wrap = AESGCM(_derived(secret_key, b"omnisales data keys v2", 32))
        self._old = AESGCM(_derived(secret_key, b"omnisales secrets v1", 32))
        self.name = _derived(secret_key, b"omnisales key name", NAME_BYTES)

    def seal(self, value: bytes, place: str) -> bytes:
        data_key = AESGCM.generate_key(256)
        sealed = _encrypted(AESGCM(data_key), value, place)
        return Envelope(self.name, self.sealed_key(data_key, place), sealed).to_bytes()

    def sealed_key(self, data_key: bytes, place: str) -> bytes:
        return _encrypted(self._wrap, data_key, place)

    def opened_key(self, envelope: Envelope, place: str) -> bytes:
        """The data key. Raises `InvalidTag`."""
        return _decrypted(self._wrap, envelope.key, place)

    def open(self, envelope: Envelope, place: str) -> bytes:
        """Raises `InvalidTag`."""
        return _decrypted(AESGCM(self.opened_key(envelope, place)), envelope.value, place)

    def open_old(self, sealed: bytes, place: str) -> bytes:
        """Opens a value of version 1. Raises `InvalidTag`."""
        return _decrypted(self._old, sealed[1:], place)


def _encrypted(cipher: AESGCM, value: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, value, place.encode())


def _decrypted(cipher: AESGCM, sealed: bytes, place: str) -> bytes:
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())


def _derived(secret_key: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=purpose).derive(secret_key.encode())
