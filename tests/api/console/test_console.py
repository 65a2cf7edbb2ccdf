"""The console is complete in itself: what the page names is here, and nothing else is named."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette
from starlette.routing import Mount

from api import console
from api.console import console_routes

FOLDER = Path(console.__file__).parent
STATIC = FOLDER / "static"
LICENCES = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"}

# The part of the API that the first query reads, as the published schema has it.
ORDERS_SCHEMA = """
scalar DateTime
scalar Decimal
enum OrderStatus { PROCESSING CONFIRMED }
type Money { amount: Decimal! currency: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type Channel { id: ID! slug: String! title: String! }
type Customer { id: ID! name: String! }
type Order {
  id: ID! number: String! status: OrderStatus! channel: Channel! customer: Customer total: Money! createdAt: DateTime!
}
type OrderEdge { cursor: String! node: Order! }
type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
type Query { orders(first: Int = 50, after: String, last: Int, before: String): OrderConnection! }
"""


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value and value != "data:,"]


def addresses(page: str) -> list[str]:
    parser = _Addresses()
    parser.feed(page)
    return parser.found


def workers(script: str) -> set[str]:
    return set(re.findall(r'"((?:editor|json|graphql)\.worker-\w+\.js)"', script))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*console_routes(), Mount("/below", routes=console_routes())])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oms.test") as client:
        yield client


async def test_page_is_omnisales_and_always_asked_for_anew(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphiql")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "<title>OmniSales</title>" in answer.text


@pytest.mark.parametrize("page", ["/graphiql", "/below/graphiql"])
async def test_page_script_sheet_and_workers_are_served(client: httpx.AsyncClient, page: str) -> None:
    found = addresses((await client.get(page)).text)
    assert [Path(name).suffix for name in found] == [".css", ".js"]

    sheet, script = [await client.get(urljoin(page, name)) for name in found]
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")

    names = workers(script.text)
    assert sorted(name.split(".")[0] for name in names) == ["editor", "graphql", "json"]
    for name in names:
        answer = await client.get(urljoin(str(script.url), name))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")


async def test_page_and_sheet_name_no_other_host(client: httpx.AsyncClient) -> None:
    page = (await client.get("/graphiql")).text
    assert "//" not in page
    for name in addresses(page):
        assert not name.startswith("/")

    sheet = next(STATIC.glob("*.css")).read_text(encoding="utf-8")
    assert "@import" not in sheet
    assert "@font-face" not in sheet
    assert [url for url in re.findall(r"url\(\"?'?([^)]{5})", sheet) if url != "data:"] == []


async def test_everything_forbids_other_hosts_to_the_browser(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphiql")
    files = [await client.get(f"/graphiql/static/{path.name}") for path in STATIC.iterdir()]

    for answer in [page, *files]:
        policy = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "worker-src": "'self'",
            "connect-src": "'self'",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data:",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_files_are_kept_by_browsers_compressed_and_checked_by_etag(client: httpx.AsyncClient) -> None:
    path = f"/graphiql/{addresses((await client.get('/graphiql')).text)[0].removeprefix('graphiql/')}"
    answer = await client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"

    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["missing.js", "%2e%2e/routes.py", "%2e%2e/page.html", ""])
async def test_only_the_static_folder_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/graphiql/static/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/graphiql", "/graphiql/static/NOTICE"])
async def test_the_console_takes_no_posts(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.post(path)).status_code == 405


def test_the_static_folder_holds_one_build_and_nothing_else() -> None:
    page = (FOLDER / "page.html").read_text(encoding="utf-8")
    named = {Path(name).name for name in addresses(page)}
    script = next(STATIC.glob("console-*.js")).read_text(encoding="utf-8")

    assert {path.name for path in STATIC.iterdir()} == {*named, *workers(script), "NOTICE"}


def test_notice_names_each_package_with_an_allowed_licence() -> None:
    head, listed, *_ = (STATIC / "NOTICE").read_text(encoding="utf-8").split("\n\n")
    assert head == "The files of this folder contain these packages:"

    rows = [re.fullmatch(r"(\S+) (\d\S*) \((\S+)\)", line) for line in listed.splitlines()]
    assert None not in rows
    packages = {row[1]: row[3] for row in rows if row}
    assert {"graphiql", "graphql", "monaco-editor", "react"} <= packages.keys()
    assert set(packages.values()) <= LICENCES


def test_first_query_fits_the_schema_and_is_the_one_built_in() -> None:
    query = (FOLDER / "bundle" / "orders.graphql").read_text(encoding="utf-8")
    script = next(STATIC.glob("console-*.js")).read_text(encoding="utf-8")

    assert validate(build_schema(ORDERS_SCHEMA), parse(query)) == []
    assert "API key" in query
    assert query in script


def test_the_headers_editor_starts_with_an_empty_bearer_key() -> None:
    script = next(STATIC.glob("console-*.js")).read_text(encoding="utf-8")

    assert """'{"Authorization": "Bearer "}'""" in script
