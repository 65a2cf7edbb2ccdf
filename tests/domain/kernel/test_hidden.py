"""What logs show of secrets: nothing; and of everything else: all."""

import time
from typing import Any

import pytest

from domain.kernel.hidden import LONGEST, MASK, hiding, without_secrets

pytestmark = pytest.mark.spec("SEC-4")

CANARY = "c4narY-0f_the+secrets"


def logged(known: frozenset[str] = frozenset(), **event: Any) -> dict[str, Any]:
    return dict(hiding(known)(None, "info", event))


@pytest.mark.parametrize(
    "text",
    [
        f"GET /wp-json/wc/v3/orders?consumer_key=ck_1&consumer_secret={CANARY} HTTP/1.1",
        f"GET https://shop.example/callback?code={CANARY}&state=1",
        f"POST /password?token={CANARY}",
        f"https://shop.example/x?key={CANARY}",
        f"https://shop.example/x?api_key={CANARY}",
        f"postgresql+asyncpg://omni:{CANARY}@db.example/omnisales",
        f"could not connect to redis://:{CANARY}/with@signs@cache.example:6379/0",
        f"smtp+starttls://mail:{CANARY}@mail.example",
        f"https://user:{CANARY}@shop.example/feed",
        f"https://{CANARY}@shop.example/feed",
        f"/webhooks/shop-1/{CANARY}",
        f"no such path: /webhooks/couriers/inno/{CANARY}?x=1",
        f"Authorization: Bearer {CANARY}",
        f"headers were Bearer {CANARY}",
        f"Basic {CANARY}=",
        f"Accept: */*\nX-Shop-Api-Key: {CANARY}\nCookie: session={CANARY}; other={CANARY}",
        f'{{"password": "{CANARY}", "user": "ana"}}',
        f"{{'webhook_secret': '{CANARY}'}}",
        f"[(b'authorization', b'Custom {CANARY}'), (b'host', b'x')]",
        f"Settings(api_key='{CANARY}', region='RO')",
        f'connect(password = "with a \\" quote {CANARY}")',
        f"form was grant_type=x&client_secret={CANARY}",
        f"the key omni_{'x' * 20}{CANARY.replace('+', '-')} is used elsewhere",
        f"the session omnis_{'x' * 20}{CANARY.replace('+', '-')}",
        f"the link omnit_{'x' * 20}{CANARY.replace('+', '-')}",
        f"duplicate key value\nDETAIL:  Key (email, hash)=(ana@example.com, {CANARY}) already exists.",
        f"null value\nDETAIL:  Failing row contains (1, ana, null, {CANARY}\nlines) {CANARY}).\n[SQL: insert]",
        f"null value\nDETAIL:  Failing row contains (1, ana, null, {CANARY}).",
    ],
)
def test_a_text_is_shown_without_its_secret(text: str) -> None:
    shown = without_secrets(text)
    assert CANARY not in shown
    assert CANARY[5:] not in shown
    assert MASK in shown
    assert without_secrets(shown).count(CANARY) == 0


@pytest.mark.parametrize(
    "text",
    [
        "order 7 was imported from https://shop.example/orders/7?page=2",
        "credentials.token: Field required",
        "OMNISALES_SECRET_KEY is not set. Set it, or start with `omnisales up`.",
        "the basic settings of a channel",
        "no code of this kind",
        "a webhook came to /webhooks/couriers/inno and /webhooks/shop-1",
        "the tokens are kept as hashes; see omnisales_outbox and omni_keys",
        "mail ana@example.com to the warehouse",
        'File "/app/domain/kernel/secrets.py", line 7, in open',
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_the_rest_of_a_line_stays() -> None:
    url = f"GET https://shop.example/orders?after=2026-01-01&consumer_secret={CANARY}&page=2 took 3 s"
    assert without_secrets(url) == url.replace(CANARY, MASK)
    error = f"Key (slug)=({CANARY}) already exists.\n[SQL: INSERT INTO channels]"
    assert without_secrets(error) == error.replace(CANARY, MASK)


@pytest.mark.parametrize(
    "name", ["password", "webhook_secret", "token", "Authorization", "set-cookie", "code", "key", "api_key", "old-pwd"]
)
def test_a_value_is_hidden_by_its_name_however_deep(name: str) -> None:
    assert logged(**{name: CANARY}) == {name: MASK}
    assert logged(ctx={"list": [{name: {"value": CANARY}}]}) == {"ctx": {"list": [{name: MASK}]}}
    assert logged(**{name: None}) == {name: None}


def test_numbers_and_names_without_meaning_stay() -> None:
    event = {"event": "done", "attempts": 3, "ids": [1, 2], "monkey": "x", "status_code": "NOT_FOUND", "cause": "sku:A"}
    assert logged(**event) == event


def test_the_secrets_of_this_process_are_known_by_heart() -> None:
    known = frozenset({"tiny", "a password of the house"})
    assert logged(known, event="x a password of the house y tiny", other=["a password of the house"]) == {
        "event": f"x {MASK} y tiny",
        "other": [MASK],
    }


def test_what_cannot_be_read_as_text_is_told_as_text() -> None:
    class Answer:
        def __str__(self) -> str:
            return f"?token={CANARY}"

    assert logged(answer=Answer(), body=Answer().__str__().encode())["answer"] == f"?token={MASK}"
    deep: list[Any] = [f"?token={CANARY}"]
    for _ in range(50):
        deep = [deep]
    assert CANARY not in str(logged(deep=deep))


@pytest.mark.parametrize(
    "part", ["redis://", "Bearer ", "token=", '"token": "', "failing row contains (", "?key=", ")=("]
)
def test_a_long_text_of_a_far_side_takes_no_long_time(part: str) -> None:
    """No pattern looks through a text again and again."""
    text = part * (2 * LONGEST // len(part))
    began = time.process_time()
    shown = without_secrets(text)
    assert time.process_time() - began < 5
    assert len(shown) <= 2 * LONGEST
