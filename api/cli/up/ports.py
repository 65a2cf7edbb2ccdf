"""Ports: which are free, and the same ones again at the next start."""

import errno
import json
import socket
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.home import write_whole

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `host`:`port` now."""
    return _problem_with(host, port) is None


def refuse_if_taken(host: str, port: int) -> None:
    """Raise CannotStart, with what to do, when the API could not listen on `host`:`port`."""
    problem = _problem_with(host, port)
    if problem is None:
        return
    if problem.errno == errno.EADDRINUSE:
        raise CannotStart(
            f"Port {port} is in use by another program: stop that program, "
            "or choose another port with --port or OMNISALES_PORT."
        )
    raise CannotStart(
        f"The address {host}:{port} cannot be used ({problem.strerror}): "
        "choose others with --host and --port (or OMNISALES_PORT)."
    )


def remembered_port(home: Path, name: str) -> int:
    """The port of the server `name` of this home: the one of the last start if it is free, else a new one, noted."""
    file = home / "ports.json"
    ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    port = ports.get(name)
    if port is None or not is_free(port):
        port = ports[name] = _any_free_port(set(ports.values()))
        write_whole(file, json.dumps(ports, indent=1) + "\n")
    return port


def _problem_with(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: what a closed connection left behind must not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as problem:
        return problem
    return None


def _any_free_port(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port
