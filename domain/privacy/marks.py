"""How an erased person is recognised without being known. Pure."""

import hashlib
from uuid import UUID


def email_mark(email: str) -> str:
    """Of an e-mail, however it is spelled."""
    return _hash("email", email.strip().lower())


def ref_mark(channel_id: UUID, external_id: str) -> str:
    """Of the id under which a channel knows the person."""
    return _hash("ref", f"{channel_id}:{external_id}")


def _hash(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()
