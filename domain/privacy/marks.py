"""How an erased person is recognised without being known. Pure."""

import hashlib
import re
import unicodedata
from uuid import UUID

_DIGITS = 9
_SHORTEST_NUMBER = 6


def email_mark(email: str) -> str:
    """Of an e-mail, however it is spelled."""
    return _hash("email", email.strip().lower())


def ref_mark(channel_id: UUID, external_id: str) -> str:
    """Of the id under which a channel knows the person."""
    return _hash("ref", f"{channel_id}:{external_id}")


def phone_mark(phone: str, name: str) -> str | None:
    """Of a telephone number, with or without its prefix, together with the name of who has it, in any order and without
    accents; None without either. A number alone is too little: a family has one, and all numbers are soon tried out.
    """
    number = re.sub(r"\D", "", phone)[-_DIGITS:]
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = sorted(re.findall(r"\w+", plain.casefold()))
    if len(number) < _SHORTEST_NUMBER or not words:
        return None
    return _hash("phone", f"{number}:{' '.join(words)}")


def _hash(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()
