"""Metrics of this process, for Prometheus at /metrics."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "omnisales_http_requests_total", "Requests answered.", ["route", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "omnisales_http_request_seconds",
    "Time from request to answer.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
GRAPHQL = Counter(
    "omnisales_graphql_operations_total",
    "GraphQL operations, by outcome: ok, refused before execution, errors.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
THROTTLED = Counter(
    "omnisales_throttled_total",
    "Requests refused because too many came: of a caller, an address, of wrong credentials, for a channel.",
    ["kind"],
    registry=REGISTRY,
)
CUT_OFF = Counter(
    "omnisales_connections_cut_total",
    "Connections that were ended for their client: too slow, too large, not reading, too many.",
    ["reason"],
    registry=REGISTRY,
)
STREAMS = Gauge("omnisales_subscriptions", "Subscriptions that are open.", registry=REGISTRY)
WEBHOOKS_STORED = Counter(
    "omnisales_webhooks_stored_total", "Webhooks stored.", ["kind", "verified"], registry=REGISTRY
)
WEBHOOKS_REFUSED = Counter(
    "omnisales_webhooks_refused_total", "Webhooks refused, by reason.", ["reason"], registry=REGISTRY
)
WEBHOOKS_WAITING = Gauge("omnisales_webhooks_waiting", "Webhooks that wait to be stored.", registry=REGISTRY)


async def metrics(_: Request) -> Response:
    """GET /metrics; names no customer and no secret, so it needs no key."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
