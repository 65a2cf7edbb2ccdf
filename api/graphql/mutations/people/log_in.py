"""logIn."""

from datetime import timedelta
from typing import cast

from api.addresses import client_address, counted_address
from api.cookies import cookie_of, kept
from api.graphql.change import refused
from api.graphql.context import Context, Info
from api.graphql.fields import Open, Rows, root
from api.graphql.idempotency import RequestRefused
from api.graphql.types.person import LoggedIn, LogInInput, LogInResult, make_person, make_session
from api.proofs import Proof, may_use_cookie
from domain.access.callers import Login
from domain.access.hashing import TooBusy
from domain.access.log_in import LoggedIn as In
from domain.access.log_in import LogIn, log_in
from domain.access.models import SessionKind
from domain.access.second_factor import SecondFactorNeeded
from domain.access.sessions import Limits, Visitor
from domain.kernel.refusals import Refusal
from domain.kernel.secrets import digest
from domain.reads import people_rows


async def _log_in(info: Info, input: LogInInput) -> LogInResult:
    context = info.context
    services, request = context.services, context.request
    for_a_page = input.kind is SessionKind.COOKIE
    if for_a_page:
        _check_page(context)
    address = counted_address(request.scope)
    services.attempts.begin(address)
    visitor = Visitor(
        kind=input.kind,
        remember=bool(input.remember),
        address=client_address(request.scope),
        agent=request.headers.get("user-agent"),
        replaced=cookie_of(request, services.settings) if for_a_page else None,
    )
    days, minutes = services.settings.session_days, services.settings.session_idle_minutes
    limits = Limits(idle=timedelta(minutes=minutes), absolute=timedelta(days=days))
    command = LogIn(email=input.email, password=input.password, code=input.code, visitor=visitor)
    try:
        done = await log_in(context, services.passwords, services.vault, limits, command)
    except TooBusy as busy:
        services.attempts.succeeded(address)
        raise RequestRefused(429, busy.code, busy.message, headers={"Retry-After": str(busy.seconds)}) from busy
    except Refusal as refusal:
        if isinstance(refusal, SecondFactorNeeded) and not refusal.wrong:
            services.attempts.succeeded(address)  # the password was right, and no code was tried
        return cast(LogInResult, refused(info, refusal))
    services.attempts.succeeded(address)
    if visitor.replaced:
        services.callers.forget()
    return await _answer(context, done, for_a_page)


def _check_page(context: Context) -> None:
    """A cookie is for a page of ours: another's must not log its reader in as somebody of its choice."""
    request = context.request
    if request.scope["type"] != "http":
        raise RequestRefused(400, "LOG_IN_BY_HTTP", "A cookie is set by a POST to /graphql, not over a WebSocket.")
    if request.headers.get("origin") is None:
        raise RequestRefused(
            403, "ORIGIN_NEEDED", "A cookie is for pages, whose browser says their origin. Programs ask for BEARER."
        )
    if not may_use_cookie(request, context.services.settings):
        raise RequestRefused(403, "ORIGIN_NOT_ALLOWED", "Pages of this origin may not ask here.")


async def _answer(context: Context, done: In, for_a_page: bool) -> LoggedIn:
    opened = done.opened.session
    login = Login(opened.id, opened.kind, opened.expires_at)
    csrf_token = None
    if for_a_page:
        until = opened.expires_at if opened.idle_until is None else None
        context.cookie = kept(context.request, context.services.settings, done.opened.token, until)
        csrf_token = Proof(done.opened.token, True, digest(done.opened.token)).csrf_token
    async with context.read() as connection:
        [person] = await people_rows.person_by_id(connection, done.user.id)
        [session] = await people_rows.session_by_id(connection, opened.id)
    return LoggedIn(
        person=make_person(person),
        session=make_session(session, login),
        token=None if for_a_page else done.opened.token,
        csrf_token=csrf_token,
    )


field = root(
    _log_in,
    permission=Open.PUBLIC,
    rows=Rows.NONE,
    description=(
        "Begins a session. After ten failures in a row the account is locked for a minute, and longer each time, up to "
        "an hour; a wrong code counts too. Who has a second factor and gives no code is answered SecondFactorNeeded, "
        "once the password is right. Many failures from one address are refused with 429 (TOO_MANY_LOG_INS). A repeat "
        "begins another session; with COOKIE the browser's earlier one ends."
    ),
)
