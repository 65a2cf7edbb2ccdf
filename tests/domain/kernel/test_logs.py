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
