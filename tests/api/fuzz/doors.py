"""Bad requests to every address: bodies, headers, methods and paths that nobody should send."""

import gzip
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from tests.api.conftest import ADMIN_KEY

from .values import TEXTS

_KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
_JSON = {**_KEY, "Content-Type": "application/json"}
_GOOD = orjson.dumps({"query": "{ orderCounts { count } }"})


@dataclass(frozen=True)
class Sent:
    """A request; `is_json`: so must its answer be."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str | bytes] | None = None
    is_json: bool = True


BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a batch": b"[" + _GOOD + b"," + _GOOD + b"]",
    "a batch of a thousand": b"[" + b",".join([_GOOD] * 1_000) + b"]",
    "a text": b'"{ orderCounts { count } }"',
    "a number": b"1",
    "null": b"null",
    "nesting": b"[" * 100_000,
    "nesting that closes": b"[" * 50_000 + b"]" * 50_000,
    "nested variables": b'{"query":"{ __typename }","variables":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}",
    "nested extensions": b'{"query":"{ __typename }","extensions":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}",
    "no UTF-8": b'{"query":"\xff\xfe"}',
    "half a sequence": b'{"query":"{ __typename }\xc3"}',
    "UTF-16": '{"query":"{ __typename }"}'.encode("utf-16"),
    "a mark of order": b"\xef\xbb\xbf" + _GOOD,
    "gzip": gzip.compress(_GOOD),
    "a key twice": b'{"query":"{ a }","query":"{ __typename }"}',
    "query is null": b'{"query":null}',
    "query is a list": b'{"query":["{ __typename }"]}',
    "query is a number": b'{"query":1}',
    "variables is a list": b'{"query":"{ __typename }","variables":[]}',
    "variables is a text": b'{"query":"{ __typename }","variables":"{}"}',
    "operationName is a number": b'{"query":"{ __typename }","operationName":1}',
    "operationName is none of them": b'{"query":"query A { __typename }","operationName":"B"}',
    "NaN": b'{"query":"query($a:Int){ orders(first:$a){ __typename } }","variables":{"a":NaN}}',
    "infinity": b'{"query":"query($a:Int){ orders(first:$a){ __typename } }","variables":{"a":1e999}}',
    "a number of 10,000 digits": b'{"query":"query($a:Int){ orders(first:$a){ __typename } }","variables":{"a":'
    + b"9" * 10_000
    + b"}}",
    "a name of half a pair": b'{"query":"{ __typename }","variables":{"\\ud800":1}}',
    "NUL": b'{"query":"{ __typename \\u0000 }"}',
    "two megabytes": b'{"query":"' + b"x" * 2_000_001 + b'"}',
    "many variables": b'{"query":"{ __typename }","variables":{'
    + b",".join(b'"v%d":1' % n for n in range(20_000))
    + b"}}",
}
TYPES = (
    *("", "text/plain", "application/graphql", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
    *("application/json; charset=utf-16", "application/json; charset=", "application/json;", ";", "\xff", "a" * 5_000),
)
HEADERS: tuple[Mapping[str, str | bytes], ...] = (
    {"Accept": "image/png"},
    {"Accept": "application/json;q=NaN"},
    {"Accept": ",,;q=;;" * 500},
    {"Accept": b"\xff\xfe"},
    {"Accept-Encoding": "br;q=x, \x7f"},
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "x" * 300},
    {"Idempotency-Key": b"\xff\x00"},
    {"X-Correlation-Id": b"\xff" * 300},
    {"X-Correlation-Id": "a\tb"},
    {"Content-Length": "-1"},
    {"Content-Length": "x"},
    {"Content-Length": "9" * 30},
    {"Content-Encoding": "gzip"},
    {"Host": ""},
    {"Host": "a b/c?d"},
    {"Host": b"\xff"},
    {"Origin": "null"},
    {"Origin": b"\xff"},
    {"Origin": "http://["},
    {"Origin": "http://a]b"},
    {"Origin": "http://[::1"},
    {"Origin": "https://evil.example"},
    {"Last-Event-ID": "x" * 1_000},
    {"Cookie": "=;==;\xff"},
    {"Cookie": "a=" + "x" * 5_000},
    {"X-Forwarded-For": "x, 1.2.3.4, ::1, \xff"},
    {"X-Forwarded-Proto": "javascript"},
    {"Range": "bytes=0-,5-1"},
    {"If-None-Match": "\xff"},
    {"If-Modified-Since": "x"},
    {"Authorization": b"\xff\xfe"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer " + "x" * 10_000},
    {"Authorization": "Basic !!!"},
    {"Authorization": "Bearer omni_\x7f"},
)
PATHS = (
    *("/graphql", "/graphql/", "/graphql/stream", "/labels/{}.pdf", "/labels/bulk/{}.pdf", "/exports/products.csv"),
    *("/imports/products.csv", "/health/live", "/health/ready", "/metrics", "/graphiql", "/graphiql/static/{}"),
    *(
        "/webhooks/{}",
        "/webhooks/manual",
        "/webhooks/couriers/{}",
        "/{}",
        "/labels/01930000-0000-7000-8000-000000000000.pdf",
    ),
)
METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "NOPE")
NAMES = ("query", "variables", "extensions", "format", "mode", "dryRun", "x")
FILES = (
    *(b"", b"sku", b"sku\n", b"sku,name\n", b"\x00", b"\xff", b"sku,name\n\x00,\x00\n", b'sku,name\n"a', b'"' * 10_000),
    *(
        b"sku,sku\na,b\n",
        b"nope\nx\n",
        b"sku,name\n" + b"a,b\n" * 3_000,
        b"sku;name\na;b\n",
        b"\xef\xbb\xbfsku,name\nb,c\n",
    ),
    *(b"sku,price\na,1e99\n", b"sku,price\na,NaN\n", b"sku,vat_rate\na,-1\n", b"sku,weight_kg\na,999999999999\n"),
    *(b"sku,name\r" * 50, b"sku,name\n" + b"x" * 200_000 + b",y\n", b"," * 5_000, b"sku,name\n=1+1,@a\n"),
    gzip.compress(b"sku,name\na,b\n"),
)


def bad_bodies() -> Iterator[Sent]:
    """Bodies and media types at GraphQL's addresses."""
    for path in ("/graphql", "/graphql/stream"):
        for body in BODIES.values():
            yield Sent("POST", path, body, _JSON)
        for kind in TYPES:
            yield Sent("POST", path, _GOOD, {**_KEY, "Content-Type": kind.encode("latin-1", "replace")})


def bad_headers() -> Iterator[Sent]:
    """Headers at every address, each alone."""
    for path in ("/graphql", "/graphql/stream", "/labels/x.pdf", "/exports/products.csv", "/health/ready", "/metrics"):
        for given in HEADERS:
            body = _GOOD if path.startswith("/graphql") else b""
            yield Sent("POST" if body else "GET", path, body, {**_JSON, **given}, is_json=False)


def bad_addresses(rng: random.Random, cases: int) -> Iterator[Sent]:
    """Any method at any address, with words in it that are none, with a body and a query or without."""

    def word(longest: int) -> str:
        return quote(rng.choice(TEXTS)[:longest].encode("utf-8", "replace"), safe="")

    for _ in range(cases):
        path = rng.choice(PATHS).replace("{}", word(2_000))
        query = "&".join(f"{rng.choice(NAMES)}={word(500)}" for _ in range(rng.choice((0, 0, 1, 3))))
        headers = {**(_JSON if rng.random() < 0.8 else {}), **(rng.choice(HEADERS) if rng.random() < 0.2 else {})}
        body = rng.choice([b"", b"", *BODIES.values(), *FILES])
        yield Sent(rng.choice(METHODS), f"{path}?{query}" if query else path, body, headers, is_json=False)


def bad_files() -> Iterator[Sent]:
    """Files that are no catalogue."""
    for mode in ("", "?mode=skip", "?dryRun=true", "?mode=nope", "?mode=%00"):
        for body in FILES:
            yield Sent("POST", f"/imports/products.csv{mode}", body, _KEY)
