"""The application: GraphQL and its subscriptions, webhooks, labels, health, metrics, console."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from domain.access.hashing import Passwords
from domain.access.keys import ensure_admin_key
from domain.flows.bootstrap import ensure_defaults
from domain.kernel.database import Database
from domain.kernel.logs import set_up_logs
from domain.kernel.secrets import Vault
from domain.kernel.settings import Settings
from plugins.host import Host, load_connectors

from .addresses import behind_proxies
from .auth import Callers
from .buckets import Buckets
from .bulk_labels import bulk_labels
from .catalogue_files import MAX_FILE, export_products, import_file
from .console import console_routes
from .frame import Frame
from .graphql.http import graphql
from .health import live, ready
from .labels import label
from .live.house import Live
from .live.sse import stream
from .live.websocket import websocket
from .metrics import metrics
from .personal_data import export_person
from .safety import SafeAnswers
from .services import Services
from .throttle import BRIM_SECONDS, Allowances, Throttle
from .webhooks.accounts import Addressees
from .webhooks.door import Door, WebhookDoor
from .webhooks.group_commit import GroupCommit
from .webhooks.refusals import RefusedSignatures

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 1.0


def create_app(settings: Settings | None = None, *, host: Host | None = None) -> Starlette:
    """The ASGI application. Without arguments, as uvicorn makes it, the process is its own: set up from the
    environment, with our logs and a settled memory.

    Raises `Invalid` naming the variable that is missing.
    """
    owns_process = settings is None
    if settings is None:
        settings = Settings.from_env()
        set_up_logs(settings.log_level, "api", settings.secrets())
    database_url, vault = settings.need("database_url"), Vault.of(settings)
    connectors = host or load_connectors()
    chosen = settings

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        database = Database(
            database_url,
            pool_size=chosen.pool_size,
            read_timeout_ms=chosen.read_timeout_ms,
            patience=chosen.patience_seconds,
        )
        services = Services(
            chosen,
            database,
            connectors,
            vault,
            Callers(database, chosen),
            Live(chosen, database),
            Allowances(chosen),
            Passwords(chosen.password_memory_kib),
        )
        storage = GroupCommit(database)
        app.state.services = services
        app.state.allowances = services.allowances
        app.state.door = Door(
            Addressees(database, connectors, vault),
            storage,
            RefusedSignatures(database),
            chosen.webhook_limit_bytes,
            Buckets(chosen.channel_webhooks_per_second, chosen.channel_webhooks_per_second * BRIM_SECONDS),
        )
        flusher = asyncio.create_task(storage.run())
        looking = asyncio.create_task(services.callers.run())
        preparing = asyncio.create_task(_prepare(services))
        if owns_process:
            _settle_memory()
        try:
            yield
        finally:
            storage.close()
            await flusher
            for task in (preparing, looking):
                task.cancel()
            await asyncio.gather(preparing, looking, return_exceptions=True)
            await services.live.close()
            await database.close()

    return Starlette(
        routes=[
            Route("/", _home, methods=["GET"]),
            Route("/graphql", graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", websocket),
            Route("/graphql/stream", stream, methods=["GET", "POST"]),
            Route("/labels/bulk/{run}.pdf", bulk_labels, methods=["GET"]),
            Route("/labels/{shipment}.pdf", label, methods=["GET"]),
            Route("/exports/personal/{customer}.json", export_person, methods=["GET"]),
            Route("/exports/products.csv", export_products, methods=["GET"]),
            Route("/imports/products.csv", import_file, methods=["POST"], max_body_size=MAX_FILE),
            Route("/health/live", live, methods=["GET"]),
            Route("/health/ready", ready, methods=["GET"]),
            Route("/metrics", metrics, methods=["GET"]),
            *console_routes(),
        ],
        middleware=[
            Middleware(SafeAnswers, settings=chosen),
            *behind_proxies(chosen),
            *_cors(chosen),
            Middleware(Frame),
            Middleware(WebhookDoor),
            Middleware(Throttle),
        ],
        lifespan=lifespan,
    )


def _cors(settings: Settings) -> list[Middleware]:
    """Lets the pages of the allowed origins ask, whatever the answer; without any, browsers keep others out."""
    if not settings.allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=sorted(settings.allowed_origins),
            allow_methods=["GET", "POST"],
            allow_credentials=True,
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "Last-Event-ID",
                "X-Correlation-Id",
                "X-CSRF-Token",
            ],
            expose_headers=["X-Correlation-Id", "Retry-After"],
            max_age=600,
        )
    ]


async def _home(_: Request) -> Response:
    return RedirectResponse("/graphiql")


async def _prepare(services: Services) -> None:
    """Writes what the house begins with, as soon as the database can be reached; until then the API is not ready."""
    while True:
        try:
            async with services.database.begin() as session:
                await ensure_defaults(session)
                if services.settings.admin_key:
                    await ensure_admin_key(session, services.settings.admin_key)
        except (SQLAlchemyError, OSError) as error:
            log.warning("database_not_ready", error=type(error).__name__)
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            services.prepared.set()
            return


def _settle_memory() -> None:
    """What is there at the start stays: the collector need not look at it again, which halves the slowest answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
