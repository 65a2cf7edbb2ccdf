"""Secrets go through real processes and everything goes wrong: no log and no row of the database holds one.

Each secret has a word of its own, so that a leak names itself.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from domain.kernel.database import Database
from omnisales_sdk.testing.sandbox import Fault
from tests.api.people.browser import LOG_IN
from tests.api.people.test_reset import ASK, RESET
from tests.chaos.house import House, free_port, running_house
from tests.chaos.shop import Shop
from tests.chaos.waiting import until
from tests.domain.access.people import make_person
from tests.domain.flows.privacy.test_erase import places_that_hold

pytestmark = pytest.mark.chaos

WORDS = (
    "login",
    "token",
    "reset",
    "query",
    "label",
    "bearer",
    "cookie",
    "path",
    "smtp",
    "store",
    "away",
    "hook",
    "key",
)
SECRETS = {word: f"c4nary-{word}-0123456789" for word in WORDS}
FAILED = """
    select count(*) from (
        select consumer from outbox where attempts > 0 union select consumer from dead_letters
    ) as tried where consumer = 'mail_person'
"""


@contextlib.asynccontextmanager
async def angry_mail_server() -> AsyncIterator[int]:
    """Refuses whoever logs in, and repeats the password that it was given."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            refusal = f"535 5.7.8 wrong password {SECRETS['smtp']}\r\n".encode()
            writer.write(b"250-mail.example\r\n250 AUTH PLAIN\r\n" if line.upper().startswith(b"EHLO") else refusal)
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def knock(url: str, email: str) -> None:
    """Callers who say secrets at the wrong doors."""
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:

        async def ask(query: str, **variables: object) -> str:
            answer = await http.post("/graphql", json={"query": query, "variables": variables})
            return answer.text

        assert "LogInRefused" in await ask(
            LOG_IN, input={"email": email, "password": SECRETS["login"], "kind": "BEARER"}
        )
        given = {"token": f"omnit_{SECRETS['reset']}", "password": SECRETS["login"]}
        assert "data" in await ask(RESET, input=given)
        assert "PasswordResetAsked" in await ask(ASK, email=email)
        assert "errors" in await ask(f'{{ order(by: {{id: "omni_{SECRETS["query"]}"}}) {{ id }} }}')
        for path in (
            f"/graphql?query={{me}}&access_token={SECRETS['token']}",
            f"/labels/x.pdf?key=omni_{SECRETS['label']}",
            f"/webhooks/couriers/none/{SECRETS['path']}",
            f"/webhooks/none/{SECRETS['path']}",
        ):
            assert (await http.get(path)).status_code >= 400
            assert (await http.post(path)).status_code >= 400
        wrong = {"Authorization": f"Bearer omni_{SECRETS['bearer']}", "Cookie": f"omnisales={SECRETS['cookie']}"}
        assert (await http.post("/graphql", json={"query": "{ me { __typename } }"}, headers=wrong)).status_code == 401


async def bad_channel(house: House, shop: Shop, store_url: str, secret: str) -> str:
    """A channel whose store does not answer as it should; its id."""
    credentials = {"consumer_key": "ck_1", "consumer_secret": secret, "webhook_secret": SECRETS["hook"]}
    more = {"settings": {"store_url": store_url, "auth": "query"}, "credentials": credentials}
    slug = await house.channel(shop, stock=0, **more)
    key = str(await house.books.value("select id from channels where slug = :slug", slug=slug))
    await house.api.do("Sync", id=key)
    return key


def logs_in(folder: Path) -> dict[str, str]:
    """What each process said, by the name of its file."""
    return {log.name: log.read_text() for log in folder.glob("*.log")}


@pytest.mark.spec("SEC-4")
async def test_no_log_and_no_row_holds_a_secret(database: Database, shop: Shop, tmp_path: Path) -> None:
    async with database.begin() as session:
        email = (await make_person(session)).email
    async with angry_mail_server() as port, running_house(tmp_path, database.url) as house:
        house.env |= {
            "OMNISALES_LOG_LEVEL": "DEBUG",
            "OMNISALES_SMTP_URL": f"smtp://mailer:{SECRETS['smtp']}@127.0.0.1:{port}",
            "OMNISALES_MAIL_FROM": "shop@shop.example",
            "OMNISALES_SECRET_KEY_PREVIOUS": SECRETS["key"],
        }
        async with house.another_api("knocked at") as (_, api):
            await knock(api.url, email)
        echo = {"message": f"no such secret: {SECRETS['store']}", "consumer_secret": SECRETS["store"]}
        shop.store.faults.add(Fault(kind="status", status=500, times=None, match="GET /wp-json", body=echo))
        keys = [
            await bad_channel(house, shop, shop.store.url, SECRETS["store"]),
            await bad_channel(house, shop, f"http://127.0.0.1:{free_port()}", SECRETS["away"]),
        ]

        async def all_failed() -> bool:
            tried = "select count(*) from outbox where consumer = 'fetch_orders' and attempts > 0"
            tried_or_told = f"select ({tried}) + (select count(*) from diary)"
            return await house.books.value(tried_or_told) >= len(keys) and await house.books.value(FAILED) > 0

        with house.worker():
            await until(all_failed, what="everything has gone wrong")

        logs = logs_in(tmp_path)
        assert {"api.log", "worker.log", "knocked at.log"} <= set(logs)
        assert "***" in logs["worker.log"] and logs["knocked at.log"]
        leaks = [(name, line) for name, log in logs.items() for line in log.splitlines() if "c4nary" in line]
        assert leaks == []
        async with database.begin() as session:
            assert await places_that_hold(session, "c4nary") == set()
