"""Who sent a webhook: each scheme, both secrets of a rotation, and what must never pass."""

import hashlib
import hmac
from base64 import b64encode
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from omnisales_sdk import Kind, Manifest, WebhookScheme
from plugins.host import Verdict, verify, webhook_secrets

BODY = '{"id": 7, "city": "Iași"}'.encode()
SIGNED = WebhookScheme(signature_header="X-WC-Webhook-Signature", ping=r"webhook_id=\d+")
PATH = WebhookScheme(in_path=True)

pytestmark = pytest.mark.spec("SEC-3")


def signature(secret: str, body: bytes = BODY, digest: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), body, getattr(hashlib, digest)).digest()


def headers(secret: str, body: bytes = BODY) -> dict[str, str]:
    return {"x-wc-webhook-signature": b64encode(signature(secret, body)).decode()}


@pytest.mark.parametrize("digest", ["sha256", "sha1", "sha512"])
@pytest.mark.parametrize("encoding", ["base64", "hex"])
def test_every_digest_and_encoding(digest: Any, encoding: Any) -> None:
    scheme = WebhookScheme(signature_header="Sign", digest=digest, encoding=encoding)
    raw = signature("secret", digest=digest)
    text = b64encode(raw).decode() if encoding == "base64" else raw.hex()

    assert verify(scheme, ["secret"], BODY, {"SIGN": text}) is Verdict.VALID
    assert verify(scheme, ["secret"], BODY + b" ", {"SIGN": text}) is Verdict.INVALID
    assert verify(scheme, ["other"], BODY, {"SIGN": text}) is Verdict.INVALID


def test_a_hex_signature_may_be_in_capitals() -> None:
    scheme = WebhookScheme(signature_header="Sign", encoding="hex")

    assert verify(scheme, ["secret"], BODY, {"Sign": signature("secret").hex().upper()}) is Verdict.VALID


def test_a_known_signature() -> None:
    """Of RFC 4231, test case 2."""
    scheme = WebhookScheme(signature_header="Sign", encoding="hex")
    known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    assert verify(scheme, ["Jefe"], b"what do ya want for nothing?", {"Sign": known}) is Verdict.VALID


def test_old_and_new_secret_are_both_good_while_they_are_changed() -> None:
    assert verify(SIGNED, ["new", "old"], BODY, headers("old")) is Verdict.VALID
    assert verify(SIGNED, ["new", "old"], BODY, headers("new")) is Verdict.VALID
    assert verify(SIGNED, ["new"], BODY, headers("old")) is Verdict.INVALID


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_valid(secrets: list[str]) -> None:
    assert verify(SIGNED, secrets, BODY, headers("")) is Verdict.INVALID
    assert verify(PATH, secrets, BODY, {}, path_secret="") is Verdict.INVALID
    assert verify(PATH, secrets, BODY, {}) is Verdict.INVALID


@pytest.mark.parametrize("value", ["", "%%%", "ă" * 44, b64encode(b"short").decode()])
def test_a_signature_of_nonsense_is_invalid(value: str) -> None:
    assert verify(SIGNED, ["secret"], BODY, {"X-WC-Webhook-Signature": value}) is Verdict.INVALID


def test_an_unsigned_ping_is_a_ping_and_no_other_unsigned_body_is() -> None:
    assert verify(SIGNED, ["secret"], b"webhook_id=12", {}) is Verdict.PING
    assert verify(SIGNED, ["secret"], b"webhook_id=12&more=1", {}) is Verdict.INVALID
    assert verify(SIGNED, ["secret"], b"webhook_id=12\n", {}) is Verdict.INVALID
    assert verify(SIGNED, ["secret"], BODY, {}) is Verdict.INVALID


def test_a_ping_with_a_wrong_signature_is_invalid() -> None:
    assert verify(SIGNED, ["secret"], b"webhook_id=12", headers("other", b"webhook_id=12")) is Verdict.INVALID


def test_a_scheme_without_ping_has_none() -> None:
    assert verify(WebhookScheme(signature_header="Sign"), ["secret"], b"", {}) is Verdict.INVALID


def test_a_secret_in_the_path() -> None:
    assert verify(PATH, ["old", "secret"], BODY, {}, path_secret="secret") is Verdict.VALID
    assert verify(PATH, ["secret"], BODY, {}, path_secret="Secret") is Verdict.INVALID
    assert verify(PATH, ["secret"], BODY, headers("secret")) is Verdict.INVALID


class Credentials(BaseModel):
    webhook_secret: SecretStr


def manifest(scheme: WebhookScheme | None) -> Manifest:
    return Manifest(
        key="a",
        title="A",
        kinds=frozenset({Kind.COURIER}),
        settings=BaseModel,
        credentials=Credentials,
        webhook=scheme,
    )


def test_secrets_are_taken_from_the_credentials_before_and_after_a_change() -> None:
    new, old = {"webhook_secret": "new", "api_key": "x"}, {"webhook_secret": SecretStr("old")}

    assert webhook_secrets(manifest(PATH), new, old) == ("new", "old")
    assert webhook_secrets(manifest(PATH), {"webhook_secret": ["a", "", "b"]}) == ("a", "b")
    assert webhook_secrets(manifest(PATH), {}, {"webhook_secret": ""}, {"webhook_secret": None}) == ()
    assert webhook_secrets(manifest(None), new) == ()
