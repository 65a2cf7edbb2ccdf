"""The HTTP client that is handed to connectors. httpx stands behind it and in no public signature.

This is the project's one import of httpx, so that its successor can take its place here.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from json import JSONDecodeError, loads
from socket import gaierror
from ssl import SSLCertVerificationError, SSLContext, SSLError
from typing import Any, Protocol

import httpx

from .errors import OutcomeUnknown, TryLater

Params = Mapping[str, str] | Sequence[tuple[str, str]]

_BUSY = frozenset({429, 502, 503, 504})
_LARGEST = 64_000_000
"""Bytes of an answer, unpacked: more than any page of orders, or label, has."""
_WHOLE = 4
"""So many times the limit of one read may a whole answer take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """An HTTP answer: status, headers (names in lower case), the raw bytes, and the URL that was asked (no query)."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")

    @property
    def is_json(self) -> bool:
        return "json" in self.headers.get("content-type", "")

    def json(self) -> Any:
        """The parsed body. Raises `ValueError` with the first characters of a body that is not JSON."""
        try:
            return loads(self.content)
        except (JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"not JSON ({self.status}): {self.text[:200]!r}") from error


class Budget(Protocol):
    """Decides whether a request may leave now; raises `TryLater` with the waiting time when it may not."""

    def take(self) -> None: ...


@cache
def _tls() -> SSLContext:
    """One for all clients: building it takes 20 ms and holds 900 kB, and a process may serve a thousand accounts."""
    return httpx.create_ssl_context()


class HttpClient:
    """Calls the far side with time limits, a rate budget, and outcomes that say what is known.

    Redirects are never followed (a redirect turns POST into GET): the 3xx answer is returned as it is.
    Query strings are never logged or put into messages, since some far sides carry secrets there.
    """

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        connect_timeout: float = 5.0,
        budget: Budget | None = None,
        transport: httpx.BaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._budget = budget
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=connect_timeout),
            follow_redirects=False,
            transport=transport,
            verify=_tls(),
            headers={"User-Agent": "OmniSales", **(headers or {})},
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        effect: bool = False,
        key: str | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Sends one request and returns its answer, whatever its status, but for these:

        - the far side could not be reached, or (without `effect`) did not answer in time, or without end: `TryLater`;
        - 429, and without `effect` 502, 503, 504: `TryLater` with the time of `Retry-After`;
        - with `effect=True` (a call that buys, refunds or files something): `OutcomeUnknown(key)` when the request
          was sent and no answer came, or the answer is a 5xx. `key` is then demanded.
        """
        if effect and not key:
            raise ValueError("a call with effect=True needs the key by which its outcome can be asked")
        if self._budget is not None:
            self._budget.take()
        where = f"{method} {httpx.URL(url).copy_with(query=None, fragment=None)}"
        limits = self._client.timeout if timeout is None else httpx.Timeout(timeout, connect=5.0)
        try:
            with self._client.stream(
                method,
                url,
                params=None if params is None else list(params.items() if isinstance(params, Mapping) else params),
                headers=headers,
                json=json,
                content=content,
                data=data,
                auth=auth,
                timeout=limits,
            ) as answer:
                body = _read(answer, limits.read)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLater(f"{where}: cannot be reached ({_why(error)})") from error
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError):
            raise  # nothing was sent: an address or a header that cannot be is the caller's slip
        except httpx.RequestError as error:
            if effect and key:
                raise OutcomeUnknown(key, f"{where}: no answer after sending ({type(error).__name__})") from error
            raise TryLater(f"{where}: no answer ({type(error).__name__})") from error
        if answer.status_code == 429 or (not effect and answer.status_code in _BUSY):
            raise TryLater(f"{where}: HTTP {answer.status_code}", after=retry_after(answer.headers.get("retry-after")))
        if effect and key and answer.status_code >= 500:
            raise OutcomeUnknown(key, f"{where}: HTTP {answer.status_code} after sending")
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            content=body,
            url=str(answer.url.copy_with(query=None)),
        )

    def close(self) -> None:
        self._client.close()


class _Endless(httpx.RequestError):
    """The answer is larger, or takes longer, than any that we ask for."""


def _read(answer: httpx.Response, seconds: float | None) -> bytes:
    """The body, unpacked. What is packed small may be large: it is counted as it is unpacked. A far side that sends a
    little now and then keeps each read within its limit: so the whole has one too.
    """
    began = time.monotonic()
    parts, size = [], 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > _LARGEST or (seconds is not None and time.monotonic() - began > _WHOLE * seconds):
            raise _Endless("the answer has no end", request=answer.request)
    return b"".join(parts)


def _why(error: BaseException) -> str:
    """Why no connection came about, in words that say what to look at."""
    cause: BaseException | None = error
    while cause is not None:
        for kind, words in _WHY:
            if isinstance(cause, kind):
                return words
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


_WHY: Sequence[tuple[type[BaseException], str]] = (
    (SSLCertVerificationError, "its TLS certificate is not trusted, or is for another name: renew it there"),
    (SSLError, "it speaks no TLS that we do: is the address https where it should be http?"),
    (gaierror, "there is no such name (DNS): check the spelling of the address"),
    (ConnectionRefusedError, "nobody listens at this address and port: is the service running there?"),
    (httpx.ConnectTimeout, "nobody answered in time: check the address, and whether a firewall is in between"),
)


def retry_after(value: str | None, *, now: datetime | None = None) -> timedelta | None:
    """The waiting time of a `Retry-After` header: seconds or an HTTP date (RFC 9110 §10.2.3), at most one hour."""
    if not value:
        return None
    if value.strip().isdecimal():
        return timedelta(seconds=min(int(value), 3600))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    wait = at - (now or datetime.now(UTC))
    return min(max(wait, timedelta()), timedelta(hours=1))
