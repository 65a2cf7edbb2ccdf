"""Too much asked for is refused with 429: by caller, by address, by wrong credentials, by channel."""

import asyncio
from typing import Any

import httpx
import pytest

from api.addresses import counted_address
from api.metrics import THROTTLED
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid
from domain.kernel.settings import Settings
from tests.api.conftest import ADMIN_KEY, Api, running
from tests.api.live.serving import serving, talk

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
ASKED = {"query": "{ __typename }"}


async def ask(api: Api, *, address: str = "10.9.9.9", **headers: str) -> httpx.Response:
    """A request that comes by a trusted proxy from an address."""
    return await api.http.post("/graphql", json=ASKED, headers={"X-Forwarded-For": address, **headers})


def behind_a_proxy(database: Database, **settings: Any) -> Any:
    return running(database, trusted_proxies=("127.0.0.1/32",), **settings)


def counted(kind: str) -> float:
    return THROTTLED.labels(kind)._value.get()


@pytest.mark.spec("SEC-2")
async def test_a_caller_is_held_up_and_told_when_to_come_again(database: Database) -> None:
    before = counted("caller")
    async with running(database, caller_points_per_second=1) as api:
        answers = [(await api.ask("{ __typename }")) for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200 and refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED"}
    assert refused[0].json()["code"] == "RATE_LIMITED"
    assert refused[0].headers["x-correlation-id"]
    assert counted("caller") - before == len(refused)


async def test_a_dear_document_counts_for_more(database: Database) -> None:
    dear = "{ orders(first: 200) { edges { node { id lines { id sku name } notes { id } } } } }"
    async with running(database, caller_points_per_second=2) as api:
        assert [(await api.ask("{ __typename }")).status_code for _ in range(8)] == [200] * 8
        assert [(await api.ask(dear)).status_code for _ in range(8)][-1] == 429


async def test_an_address_without_credentials_is_held_up_and_a_known_key_there_is_not(database: Database) -> None:
    async with behind_a_proxy(database, anonymous_per_second=1) as api:
        assert (await ask(api, **KEY)).status_code == 200
        answers = [(await ask(api)).status_code for _ in range(20)]
        assert answers[0] == 401 and answers[-1] == 429
        # Inventing credentials gains nothing; those that are known go their own way; so do other addresses.
        assert (await ask(api, Authorization="Bearer invented")).status_code == 429
        assert (await ask(api, Cookie="session=invented")).status_code == 429
        assert (await ask(api, **KEY)).status_code == 200
        assert (await ask(api, address="10.9.9.8")).status_code == 401


async def test_wrong_credentials_hold_an_address_up_before_anybody_looks_them_up(database: Database) -> None:
    before = counted("wrong_credentials")
    async with behind_a_proxy(database, wrong_credentials_per_minute=1) as api:
        answers = [(await ask(api, Authorization=f"Bearer guess-{number}")).status_code for number in range(30)]
        assert answers[:5] == [401] * 5 and answers[-1] == 429
        assert (await ask(api)).status_code == 401, "who sends none can still log in"
        assert (await ask(api, address="10.9.9.8", **KEY)).status_code == 200
        assert (await ask(api, **KEY)).status_code == 200, "a key that is known is let in from anywhere"
    assert counted("wrong_credentials") > before


async def test_a_known_key_is_known_whatever_else_the_browser_sends(database: Database) -> None:
    async with behind_a_proxy(database, wrong_credentials_per_minute=1) as api:
        assert (await ask(api, **KEY)).status_code == 200
        answers = [(await ask(api, Authorization=f"Bearer guess-{number}")).status_code for number in range(30)]
        assert answers[-1] == 429
        assert (await ask(api, **KEY, Cookie="analytics=1")).status_code == 200
        assert (await ask(api, Cookie="analytics=1")).status_code == 401, "another's cookie is no credentials"
        assert (await ask(api, Cookie="omnisales=invented")).status_code == 429


@pytest.mark.spec("SEC-2")
async def test_wrong_credentials_over_a_websocket_count_as_by_http(database: Database) -> None:
    with serving(database.url, wrong_credentials_per_minute=1) as served:
        ends = []
        for number in range(40):
            async with talk(served) as conversation:
                await conversation.send(type="connection_init", payload={"authorization": f"Bearer guess-{number}"})
                ends.append(await conversation.closed())
            if ends[-1][0] != 4403:
                break
        assert ends[0][0] == 4403 and ends[-1][0] == 1013 and "RATE_LIMITED" in ends[-1][1]
        async with httpx.AsyncClient(trust_env=False) as http:
            headers = {"Authorization": "Bearer guess"}
            assert (await http.post(f"{served.url}/graphql", json=ASKED, headers=headers)).status_code == 429


async def test_a_key_that_was_good_over_a_websocket_is_known(database: Database) -> None:
    with serving(database.url, wrong_credentials_per_minute=1) as served:
        async with talk(served) as conversation:
            await conversation.begin()
        async with httpx.AsyncClient(trust_env=False) as http:
            for number in range(30):
                headers = {"Authorization": f"Bearer guess-{number}"}
                last = await http.post(f"{served.url}/graphql", json=ASKED, headers=headers)
            assert last.status_code == 429
            assert (await http.post(f"{served.url}/graphql", json=ASKED, headers=KEY)).status_code == 200
        async with talk(served) as conversation:
            await conversation.begin()


async def test_health_is_always_told(database: Database) -> None:
    async with running(database, anonymous_per_second=1) as api:
        answers = [(await api.http.get("/health/live")).status_code for _ in range(30)]
    assert set(answers) == {200}


async def test_the_usual_limits_are_met_by_nobody_in_a_hurry(api: Api) -> None:
    for headers, status in ((KEY, 200), ({}, 401), ({"Authorization": "Bearer wrong"}, 401)):
        answers = await asyncio.gather(*(api.http.post("/graphql", json=ASKED, headers=headers) for _ in range(150)))
        assert {answer.status_code for answer in answers} == {status}


async def test_webhooks_are_counted_by_channel_and_only_where_a_limit_is_set(database: Database) -> None:
    async with running(database, channel_webhooks_per_second=1, anonymous_per_second=1) as api:
        made = await api.data(
            """mutation ($input: ChannelCreateInput!) { channelCreate(input: $input) { ... on Channel { slug } } }""",
            {
                "input": {
                    "slug": "shop",
                    "title": "Shop",
                    "connector": "woocommerce",
                    "settings": {"store_url": "https://shop.example"},
                    "credentials": {"consumer_key": "ck", "consumer_secret": "cs"},
                }
            },
        )
        assert made["channelCreate"] == {"slug": "shop"}
        answers = [(await api.http.post("/webhooks/shop", content=b"{}")) for _ in range(30)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert answers[-1].json()["code"] == "RATE_LIMITED"
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_operations_on_a_connection_count_too(database: Database) -> None:
    with serving(database.url, caller_points_per_second=1) as served:
        async with talk(served) as conversation:
            await conversation.begin()
            heard = []
            for number in range(30):
                await conversation.subscribe("{ __typename }", str(number))
                heard.append(await conversation.hear())
                if heard[-1]["type"] == "error":
                    break
                await conversation.hear()
    assert heard[0]["type"] == "next"
    assert heard[-1]["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "counted_as"),
    [
        ("10.0.0.1", None, (), "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", (), "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", ("10.0.0.1/32",), "1.2.3.4"),
        ("10.0.0.2", "1.2.3.4", ("10.0.0.1/32",), "10.0.0.2"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", ("10.0.0.0/24",), "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, 10.0.0.9", ("10.0.0.0/24",), "1.2.3.4"),
        ("10.0.0.1", "2001:db8::1", ("10.0.0.0/24",), "20010db800000000::/64"),
        ("::ffff:1.2.3.4", None, (), "1.2.3.4"),
        ("2001:db8:0:0:ffff::1", None, (), "20010db800000000::/64"),
        (None, None, (), "unknown"),
    ],
)
async def test_the_client_is_who_a_trusted_proxy_says(
    peer: str | None, forwarded: str | None, trusted: tuple[str, ...], counted_as: str
) -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    from api.addresses import behind_proxies

    async def tell(request: Request) -> Response:
        return PlainTextResponse(counted_address(request.scope))

    app = Starlette(routes=[Route("/", tell)], middleware=behind_proxies(Settings(trusted_proxies=trusted)))
    transport = httpx.ASGITransport(app, client=None if peer is None else (peer, 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        assert (await client.get("/", headers=headers)).text == counted_as


def test_proxies_are_addresses_and_networks() -> None:
    proxies = Settings.from_env({"OMNISALES_TRUSTED_PROXIES": "10.0.0.7, 192.168.0.0/16,::1"}).trusted_proxies
    assert proxies == ("10.0.0.7/32", "192.168.0.0/16", "::1/128")
    for text in ("*", "proxy", "10.0.0.1/8"):
        with pytest.raises(Invalid) as refused:
            Settings.from_env({"OMNISALES_TRUSTED_PROXIES": text})
        assert refused.value.problems[0].path == ("OMNISALES_TRUSTED_PROXIES",)
