"""Asks the API whether it is ready."""

from http.client import HTTPConnection, HTTPException

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a server that listens everywhere


def is_ready(host: str, port: int) -> bool:
    """Whether `GET /health/ready` answers 200. Goes straight to the address, past any proxy of the environment."""
    connection = HTTPConnection(reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """The address under which this machine reaches a server that listens on `host`."""
    return EVERY_ADDRESS.get(host, host)
