"""Innoship's card, and the trial of an account's key."""

from datetime import timedelta

from omnisales_sdk import (
    ConnectionTest,
    Kind,
    Limits,
    Manifest,
    NeedsHuman,
    Term,
    TryLater,
    Vocabulary,
    WebhookScheme,
    hookimpl,
)

from .client import call, demand_answer, rows
from .labels import FORMATS
from .reading import text
from .refusals import explained
from .services import TITLES
from .settings import Credentials, Ctx, Settings

_FORMAT_TITLES = {"100x150": "Thermal label 100 × 150 mm", "A4": "A4", "A6": "A6 (105 × 148 mm)"}


@hookimpl
def connector() -> Manifest:
    return Manifest(
        key="innoship",
        title="Innoship",
        kinds=frozenset({Kind.COURIER}),
        settings=Settings,
        credentials=Credentials,
        # Innoship signs nothing that it pushes: the secret is the end of the address entered in its portal.
        webhook=WebhookScheme(in_path=True),
        vocabulary=Vocabulary(
            services=tuple(Term(key=key, title=title) for key, title in TITLES.items()),
            label_formats=tuple(Term(key=key, title=_FORMAT_TITLES[key]) for key in FORMATS),
        ),
        # Orders wait for the courier's own answer (`async` is off), hence the long limit; no rate limit is published.
        limits=Limits(request_timeout=timedelta(seconds=45), hook_timeout=timedelta(seconds=120)),
        # How fast the read host sees what the write host made is not published: assumed, on the safe side.
        settling=timedelta(minutes=5),
        sandbox="connectors.innoship.sandbox:create_app",
    )


@hookimpl
def test_connection(ctx: Ctx) -> ConnectionTest:
    """Reads the account's couriers. `TryLater` goes through: an Innoship that is away is no wrong key."""
    answer = call(ctx, "query", "GET", "/api/Courier/All")
    try:
        demand_answer(answer)
    except NeedsHuman as problem:
        return ConnectionTest(ok=False, message=f"{problem.message}. {problem.remedy}")
    if answer.status >= 400:
        return ConnectionTest(ok=False, message=explained(answer))
    try:
        couriers = rows(answer)
    except TryLater:
        return ConnectionTest(ok=False, message=f"{answer.url} does not answer as Innoship's API: check query_url.")
    names = [text(row, "courierDisplayName") or text(row, "courier") or "?" for row in couriers]
    if not names:
        return ConnectionTest(ok=False, message="Innoship accepts the key, but the account has no courier yet.")
    return ConnectionTest(ok=True, message=f"Innoship answers with {len(names)} couriers: {', '.join(names[:12])}.")
