"""Every process writes the same lines, so that one search by correlation id finds the whole way of a piece of work."""

import json
import subprocess
import sys

import pytest

_SAYS = """
import logging, structlog
from structlog.contextvars import bind_contextvars
from domain.kernel.logs import set_up_logs
set_up_logs("info", "{process}")
bind_contextvars(correlation_id="c-1")
structlog.get_logger("api.app").info("of_the_api", order=7)
structlog.get_logger("jobs.frame").info("of_the_jobs")
structlog.get_logger("jobs.frame").debug("too_small")
logging.getLogger("library").info("small_talk")
logging.getLogger("library").warning("of_a_library")
"""


@pytest.mark.parametrize("process", ["api", "worker"])
def test_one_json_object_a_line_with_process_and_correlation_id(process: str) -> None:
    # A process of its own, since the set-up holds for the whole process.
    said = subprocess.run(
        [sys.executable, "-c", _SAYS.format(process=process)], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("of_the_api", "info"),
        ("of_the_jobs", "info"),
        ("of_a_library", "warning"),
    ]
    assert {(line["process"], line["correlation_id"]) for line in lines} == {(process, "c-1")}
    assert lines[0]["order"] == 7


_LEAKS = """
import json, logging, sys, threading, traceback, warnings, structlog
from domain.kernel.logs import set_up_logs
from uvicorn import Config
Config("x:y", access_log=True)
set_up_logs("info", "api", ["the password of this house"])
log = structlog.get_logger("api.app")
log.info("refused", path="/x?token={0}", headers={{"Authorization": "Custom {0}"}})
logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', "::1", "GET", "/login?token={0}", "1.1", 200)
logging.getLogger("httpx").warning("GET %s", "https://shop.example/?consumer_secret={0}")
try:
    try:
        raise ValueError("https://u:{0}@shop.example")
    except ValueError as fault:
        raise RuntimeError("x-api-key={0}") from fault
except RuntimeError:
    log.exception("failed")
    logging.getLogger("dramatiq.worker").error("Failed to process %s", {{"password": "{0}"}}, exc_info=True)
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
warnings.warn("unsafe: redis://:{0}@cache")
def dies():
    raise RuntimeError("in a thread: the password of this house")
thread = threading.Thread(target=dies)
thread.start()
thread.join()
raise RuntimeError("postgresql://u:{0}@db")
"""


@pytest.mark.spec("SEC-4")
def test_no_line_of_ours_or_of_a_library_holds_a_secret() -> None:
    canary = "c4nary-in-the-logs"
    said = subprocess.run(
        [sys.executable, "-c", _LEAKS.format(canary)], capture_output=True, text=True, check=False, timeout=60
    )
    assert said.returncode == 1
    assert canary not in said.stdout + said.stderr
    assert "the password of this house" not in said.stdout + said.stderr
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [line["level"] for line in lines] == [
        *("info", "info", "warning", "error", "error", "error", "warning", "critical", "critical"),
    ]
    assert "RuntimeError" in lines[-1]["exception"]
    assert lines[1]["event"] == '::1 - "GET /login?token=*** HTTP/1.1" 200'
