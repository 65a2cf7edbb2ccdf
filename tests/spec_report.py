"""`pytest --spec-report` ends with the rows of the specification that were proven, and by how many tests."""

import re
from collections import Counter

import pytest

_NAME = "spec"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--spec-report", action="store_true", help="list the rows of the specification that are proven")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Properties travel with the reports, from the workers of xdist too; markers do not.
    for item in items:
        item.user_properties += [(_NAME, row) for mark in item.iter_markers(_NAME) for row in mark.args]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--spec-report"):
        return
    proven = Counter(_rows(terminalreporter, "passed"))
    broken = Counter(_rows(terminalreporter, "failed") + _rows(terminalreporter, "error"))
    terminalreporter.section("rows of the specification")
    for row in sorted(proven.keys() | broken.keys(), key=_by_number):
        failed = f", {broken[row]} failed" if broken[row] else ""
        terminalreporter.write_line(f"{row:<8}{proven[row]:>5} passed{failed}")


def _rows(reporter: pytest.TerminalReporter, outcome: str) -> list[str]:
    reports = (report for report in reporter.stats.get(outcome, ()) if getattr(report, "when", "") in ("call", "setup"))
    return [str(row) for report in reports for name, row in report.user_properties if name == _NAME]


def _by_number(row: str) -> tuple[str, int]:
    name, _, number = row.partition("-")
    return name, int(re.sub(r"\D", "", number) or 0)
