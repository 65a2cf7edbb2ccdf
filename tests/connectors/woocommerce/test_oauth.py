"""OAuth 1.0a: our signature, and the sandbox's own way of computing it."""

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from hmac import new

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.woocommerce.oauth import signature, signed
from connectors.woocommerce.sandbox.access import Asked, authenticate
from connectors.woocommerce.sandbox.shop import open_shop
from connectors.woocommerce.sandbox.wire import WpError

NOW = datetime(2026, 11, 21, 22, 41, 54, tzinfo=UTC)
URL = "http://shop.example/wp-json/wc/v3/orders"


def test_the_signature_is_that_of_the_worked_example() -> None:
    """Computed by hand from RFC 5849 section 3.4: base string, key with an empty token secret, HMAC-SHA256."""
    pairs = [("per_page", "1"), ("_fields", "id,status"), ("oauth_nonce", "n"), ("oauth_timestamp", "1")]
    base = (
        "GET&http%3A%2F%2Fshop.example%2Fwp-json%2Fwc%2Fv3%2Forders&"
        "_fields%3Did%252Cstatus%26oauth_nonce%3Dn%26oauth_timestamp%3D1%26per_page%3D1"
    )
    expected = b64encode(new(b"cs_secret&", base.encode(), sha256).digest()).decode()
    assert signature("get", URL, pairs, secret="cs_secret") == expected


def accepted(params: dict[str, str], *, at: datetime = NOW, method: str = "GET") -> None:
    shop = open_shop(now=lambda: at, zone="UTC", home=None, keys={"ck": ("cs", "read_write")})
    authenticate(shop, Asked(method=method, url=URL, tls=False, params=params, authorization="", one=False))


@given(
    st.dictionaries(
        st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12),
        st.text(st.characters(codec="utf-8", exclude_characters="%"), max_size=20),
        max_size=5,
    )
)
def test_the_store_accepts_what_we_sign_whatever_the_parameters(params: dict[str, str]) -> None:
    accepted(dict(signed("GET", URL, params.items(), key="ck", secret="cs", now=NOW)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"oauth_signature": "AAAA"}, "signature does not match"),
        ({"per_page": "2"}, "signature does not match"),
        ({"oauth_consumer_key": "ck_nobody"}, "Consumer key is invalid"),
        ({"oauth_signature_method": "PLAINTEXT"}, "signature method is invalid"),
        ({"oauth_nonce": ""}, "Missing OAuth parameters oauth_nonce"),
    ],
)
def test_the_store_refuses_what_was_changed_on_the_way(change: dict[str, str], said: str) -> None:
    params = dict(signed("GET", URL, [("per_page", "1")], key="ck", secret="cs", now=NOW))
    with pytest.raises(WpError, match=said) as refused:
        accepted({**params, **change})
    assert refused.value.status == 401


@pytest.mark.parametrize(("seconds", "good"), [(-901, False), (-899, True), (899, True), (901, False)])
def test_a_timestamp_may_be_fifteen_minutes_off(seconds: int, good: bool) -> None:
    params = dict(signed("GET", URL, [], key="ck", secret="cs", now=NOW))
    at = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC)
    if good:
        accepted(params, at=at)
    else:
        with pytest.raises(WpError, match="Invalid timestamp"):
            accepted(params, at=at)
