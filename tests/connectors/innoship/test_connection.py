"""The trial of a key, and the card."""

import httpx
import pytest

from connectors import innoship
from connectors.innoship.settings import Ctx
from omnisales_sdk import ConnectionTest, Kind, TryLater
from omnisales_sdk.testing.sandbox import Fault

from .support import Sandbox, context


def test_a_good_key_shows_the_accounts_couriers(sandbox: Sandbox, ctx: Ctx) -> None:
    assert innoship.test_connection(ctx) == ConnectionTest(
        ok=True, message="Innoship answers with 4 couriers: Cargus, FAN Courier, Sameday, Pallex."
    )
    assert sandbox.state()["orders"] == []


def test_a_bad_key_says_what_to_mend(sandbox: Sandbox) -> None:
    assert innoship.test_connection(context(sandbox.url, api_key="wrong")) == ConnectionTest(
        ok=False,
        message="Innoship refused the API key (HTTP 401). "
        "Enter a valid API key in the courier account; Innoship's support issues them.",
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(401), "Innoship refused the API key (HTTP 401)"),
        (httpx.Response(200, text="<html>Hello</html>"), "does not answer as Innoship's API: check query_url."),
        (httpx.Response(404), "Check api_url and query_url"),
        (httpx.Response(400), "Innoship refused without a reason (HTTP 400)"),
        (httpx.Response(200, json=[]), "the account has no courier yet"),
    ],
)
def test_what_is_not_the_api_is_no_connection(answer: httpx.Response, words: str) -> None:
    found = innoship.test_connection(context(transport=httpx.MockTransport(lambda _: answer)))

    assert not found.ok
    assert words in found.message


def test_an_innoship_that_is_away_is_tried_later(sandbox: Sandbox, ctx: Ctx) -> None:
    sandbox.faults.add(Fault(kind="drop", match="GET /api/Courier"))

    with pytest.raises(TryLater):
        innoship.test_connection(ctx)


def test_the_card_names_services_formats_and_an_unsigned_webhook() -> None:
    manifest = innoship.connector()

    assert (manifest.key, manifest.kinds) == ("innoship", frozenset({Kind.COURIER}))
    assert {"1", "6", "11", "12", "3", "4"} <= {term.key for term in manifest.vocabulary.services}
    assert manifest.webhook is not None
    assert (manifest.webhook.in_path, manifest.webhook.signature_header) == (True, None)
    assert manifest.webhook.secret_field in manifest.credentials.model_fields
