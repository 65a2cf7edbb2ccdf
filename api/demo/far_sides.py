"""The control doors of the stand-ins: what buyers, the store's staff and the couriers do, behind any API's back."""

from typing import Any

from omnisales_sdk import HttpClient

from .expectation import Unmet

Doc = dict[str, Any]


class FarSide:
    """A stand-in at `url`. Raises Unmet where it does not do as told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = HttpClient(timeout=60.0)

    def state(self) -> Doc:
        found: Doc = self._call("GET", "state")
        return found

    def _call(self, method: str, path: str, body: Doc | None = None) -> Any:
        answer = self._http.send(method, f"{self.url}/_sandbox/{path}", json=body)
        if answer.status >= 300:
            raise Unmet(f"the stand-in at {self.url} refuses {method} {path}: {answer.text[:300]}")
        return answer.json() if answer.content else None


class Store(FarSide):
    """A WooCommerce store."""

    def place(self, placement: Doc) -> str:
        """A buyer orders; returns the order's id there."""
        (number,) = self._call("POST", "orders", placement)["ids"]
        return str(number)

    def change(self, order: str, body: Doc) -> None:
        """Staff changes an order."""
        self._call("POST", f"orders/{order}", body)

    def bin(self, order: str) -> None:
        self._call("DELETE", f"orders/{order}")

    def erase(self, order: str) -> None:
        """Deletes an order for good, which the store tells nobody."""
        self._call("DELETE", f"orders/{order}?force=true")

    def restore(self, order: str) -> None:
        self._call("POST", f"orders/{order}/restore", {})

    def deliver(self, **how: Any) -> Doc:
        """The webhooks that wait leave; says how many were taken."""
        outcome: Doc = self._call("POST", "deliver", how)
        return outcome


class Courier(FarSide):
    """Innoship, with the couriers behind it."""

    def scan(self, awb: str, status: int, locality: str | None = None) -> None:
        """A courier scans a parcel; `status` is Innoship's number for it."""
        self._call("POST", "advance", {"awb": awb, "status_id": status, "locality": locality})

    def push(self, address: str, awbs: list[str]) -> None:
        """Innoship pushes where these parcels are."""
        outcome = self._call("POST", "push", {"url": address, "awbs": awbs})
        if outcome["status"] != 200:
            raise Unmet(f"the tracking push was not taken: {outcome}")

    def break_down(self, fault: Doc) -> None:
        """Something goes wrong between us and Innoship."""
        self._call("POST", "faults", fault)
