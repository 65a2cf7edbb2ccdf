"""Whom a path addresses."""

import pytest

from api.webhooks.accounts import CHANNEL, COURIER
from api.webhooks.paths import address_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/webhooks/shop", (CHANNEL, "shop", None, "/webhooks/{slug}")),
        ("/webhooks/shop/s3cret", (CHANNEL, "shop", "s3cret", "/webhooks/{slug}/{secret}")),
        ("/webhooks/couriers/fan", (COURIER, "fan", None, "/webhooks/couriers/{slug}")),
        ("/webhooks/couriers/fan/s3cret", (COURIER, "fan", "s3cret", "/webhooks/couriers/{slug}/{secret}")),
        ("/webhooks/couriers", (CHANNEL, "couriers", None, "/webhooks/{slug}")),
    ],
)
def test_an_address(path: str, expected: tuple[str, str, str | None, str]) -> None:
    found = address_of(path)
    assert found is not None
    assert (found.kind, found.slug, found.secret, found.route.path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks",
        "/webhooks/",
        "/webhooks//",
        "/webhooks/shop/",
        "/webhooks/shop/a/b",
        "/webhooks/couriers/",
        "/webhooks/couriers/fan/a/b",
        "/graphql",
        "/other/webhooks/shop",
    ],
)
def test_no_address(path: str) -> None:
    assert address_of(path) is None
