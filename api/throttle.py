"""How much one caller may ask for in a time; above it 429 with Retry-After (code `RATE_LIMITED`).

    known credentials?  yes -> the caller's own bucket: a point for the request, and one for each part of its cost
                        no  -> the address's bucket, and not too many wrong credentials from there

Credentials (the header Authorization, or our cookie) are known once a door has found their owner, so that inventing
some gains nothing, and a good key that was used lately is not held up by what others do from the same address. One that
comes for the first time while somebody guesses there waits as they do: nobody has looked whose it is. Counted in this
process: with several, each has these limits. Log-in is guarded besides by each account's own lock, which the database
keeps for all processes. Webhooks are not counted here: they come in floods, and each channel has a limit of its own.
"""

from collections import OrderedDict
from contextvars import ContextVar
from dataclasses import dataclass
from math import ceil

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.kernel.actor import Actor
from domain.kernel.settings import Settings

from .addresses import counted_address
from .buckets import Buckets
from .metrics import THROTTLED
from .proofs import proof_of

POINTS_OF_COST = 1_000
"""So much of a document's cost is worth a point, as a request is."""
BRIM_SECONDS = 10.0
"""A bucket holds what flows into it in so long: that much may come at once."""
WRONG_BRIM_MINUTES = 10.0
MOST_KNOWN = 50_000
CODE = "RATE_LIMITED"
MESSAGE = "Too many requests. Wait as long as Retry-After says, then go on."

_NEVER_HELD_UP = ("/health/",)


@dataclass(slots=True)
class _Visit:
    """A request that is being answered; `caller` once its owner is found."""

    proof: str | None
    caller: str | None = None


_visit: ContextVar[_Visit | None] = ContextVar("visit", default=None)


def name_of(actor: Actor) -> str:
    """The caller whose bucket it is: a person with all their sessions, a key."""
    return f"{actor.kind}:{actor.id or actor.label}"


def found(actor: Actor) -> None:
    """To be called when the credentials of the request at hand were looked up, and are this caller's."""
    visit = _visit.get()
    if visit is not None:
        visit.caller = name_of(actor)


class Allowances:
    """What callers and addresses may still ask for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        callers, addresses = settings.caller_points_per_second, settings.anonymous_per_second
        wrong = settings.wrong_credentials_per_minute
        self.callers = Buckets(callers, callers * BRIM_SECONDS)
        self.addresses = Buckets(addresses, addresses * BRIM_SECONDS)
        self.wrong = Buckets(wrong / 60, wrong * WRONG_BRIM_MINUTES)
        self._known: OrderedDict[str, str] = OrderedDict()

    def proof(self, connection: HTTPConnection, authorization: str | None = None) -> str | None:
        """Stands for the credentials, which are kept nowhere; `authorization` came in the place of the header."""
        proof = proof_of(connection, self._settings, authorization)
        return None if proof is None else proof.name

    def owner(self, proof: str | None) -> str | None:
        """Whose credentials these are, if they were good lately."""
        return None if proof is None else self._known.get(proof)

    def were_good(self, proof: str, caller: str) -> None:
        """Their owner was found: they are known from now on."""
        self._known[proof] = caller
        self._known.move_to_end(proof)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def were_wrong(self, proof: str, scope: Scope) -> None:
        """Nobody has them (any more): that counts against the address."""
        self._known.pop(proof, None)
        self.wrong.spend(counted_address(scope), 1.0)

    def held_up(self, proof: str | None, scope: Scope) -> float:
        """After how many seconds this request can be answered; 0 for now, and then it is counted. Who sends no
        credentials guesses none: log-in has limits of its own.
        """
        caller = self.owner(proof)
        if caller is not None:
            return _refused("caller", self.callers.take(caller))
        address = counted_address(scope)
        guessing = 0.0 if proof is None else self.wrong.wait(address)
        return _refused("wrong_credentials", guessing) or _refused("address", self.addresses.take(address))

    def held_up_again(self, actor: Actor) -> float:
        """The same for an operation on a connection whose caller is known."""
        return _refused("caller", self.callers.take(name_of(actor)))

    def count_cost(self, actor: Actor, cost: int) -> None:
        """A document's cost, once it is known."""
        self.callers.spend(name_of(actor), cost / POINTS_OF_COST)


class Throttle:
    """An ASGI middleware. `app.state.allowances` is an `Allowances`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_NEVER_HELD_UP):
            await self._app(scope, receive, send)
            return
        allowances: Allowances = scope["app"].state.allowances
        visit = _Visit(allowances.proof(HTTPConnection(scope)))
        wait = allowances.held_up(visit.proof, scope)
        if wait:
            await _too_many(wait)(scope, receive, send)
            return

        async def send_watched(message: Message) -> None:
            if message["type"] == "http.response.start" and visit.proof is not None:
                if visit.caller is not None:
                    allowances.were_good(visit.proof, visit.caller)
                elif message["status"] == 401:
                    allowances.were_wrong(visit.proof, scope)
            await send(message)

        token = _visit.set(visit)
        try:
            await self._app(scope, receive, send_watched)
        finally:
            _visit.reset(token)


def retry_after(wait: float) -> dict[str, str]:
    """The header, in whole seconds."""
    return {"Retry-After": str(max(1, ceil(wait)))}


def _too_many(wait: float) -> JSONResponse:
    body = {"code": CODE, "message": MESSAGE, "errors": [{"message": MESSAGE, "extensions": {"code": CODE}}]}
    return JSONResponse(body, 429, retry_after(wait))


def _refused(kind: str, wait: float) -> float:
    if wait:
        THROTTLED.labels(kind).inc()
    return wait
