"""One HTTP client per account, kept over calls, since a new connection costs a TLS handshake."""

from threading import Lock

from omnisales_sdk import HttpClient, Manifest
from omnisales_sdk.http import Budget


class Clients:
    """The process's HTTP clients. Thread-safe; `close()` at the end of the process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._clients: dict[tuple[str, str], tuple[Budget | None, HttpClient]] = {}

    def get(self, manifest: Manifest, account: str, budget: Budget | None = None) -> HttpClient:
        """The account's client, with the manifest's request timeout. Another budget than before makes a new one."""
        place = (manifest.key, account)
        with self._lock:
            known = self._clients.get(place)
            if known is not None and known[0] == budget:
                return known[1]
            # The old client is dropped, not closed: a hook on another thread may be within a call of it, and a
            # connection closed under it would make a bought AWB's outcome unknown.
            client = HttpClient(timeout=manifest.limits.request_timeout.total_seconds(), budget=budget)
            self._clients[place] = (budget, client)
            return client

    def forget(self, manifest: Manifest, account: str) -> None:
        """Drops the client of an account that is gone."""
        with self._lock:
            self._clients.pop((manifest.key, account), None)

    def close(self) -> None:
        """Closes all connections. A call that still runs ends with the contract's signals."""
        with self._lock:
            clients = [client for _, client in self._clients.values()]
            self._clients.clear()
        for client in clients:
            client.close()


CLIENTS = Clients()
"""The process's own; `build_context` uses it unless it is given another."""
