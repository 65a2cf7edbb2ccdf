"""Ports: taken ones are refused with what to do, own ones stay the same."""

import socket
from pathlib import Path

import pytest

from api.cli.refusal import CannotStart
from api.cli.up.ports import is_free, refuse_if_taken, remembered_port


def test_a_taken_port_is_refused_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart) as refusal:
            refuse_if_taken("127.0.0.1", port)
    assert str(refusal.value) == (
        f"Port {port} is in use by another program: stop that program, "
        "or choose another port with --port or OMNISALES_PORT."
    )
    refuse_if_taken("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"The address 192\.0\.2\.1:8000 cannot be used"):
        refuse_if_taken("192.0.2.1", 8000)


def test_a_server_gets_the_same_port_again(tmp_path: Path) -> None:
    first = remembered_port(tmp_path, "postgres")
    assert remembered_port(tmp_path, "valkey") != first
    assert remembered_port(tmp_path, "postgres") == first


def test_a_port_that_somebody_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    first = remembered_port(tmp_path, "postgres")
    with socket.create_server(("127.0.0.1", first)):
        assert not is_free(first)
        second = remembered_port(tmp_path, "postgres")
    assert second != first
    assert remembered_port(tmp_path, "postgres") == second
