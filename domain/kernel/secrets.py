"""Encryption of secrets at rest: AES-256-GCM under a key derived from OMNISALES_SECRET_KEY."""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"


class WrongKeyError(Exception):
    """The secret was encrypted under another key, or was tampered with."""

    def __init__(self) -> None:
        super().__init__("a stored secret cannot be decrypted: OMNISALES_SECRET_KEY is not the one it was stored under")


class Vault:
    """Encrypts and decrypts values. `place` binds a value to its row, so that it cannot be moved to another."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"omnisales secrets v1").derive(secret_key.encode())
        self._cipher = AESGCM(derived)

    def seal(self, value: Any, place: str) -> bytes:
        """Encrypts a JSON value."""
        nonce = os.urandom(12)
        return _VERSION + nonce + self._cipher.encrypt(nonce, json.dumps(value).encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> Any:
        """Decrypts what `seal` made. Raises `WrongKeyError`."""
        try:
            return json.loads(self._cipher.decrypt(sealed[1:13], sealed[13:], place.encode()))
        except InvalidTag as error:
            raise WrongKeyError from error


def new_secret(length: int = 32) -> str:
    """A random secret of URL-safe characters; `length` is in bytes of randomness."""
    return base64.urlsafe_b64encode(os.urandom(length)).rstrip(b"=").decode()


def digest(secret: str) -> str:
    """How an API key is kept: its SHA-256. Keys are random and long, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).hexdigest()
