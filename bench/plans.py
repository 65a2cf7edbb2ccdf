"""What a statement reads, from PostgreSQL's own account of its plan."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg

Plan = dict[str, Any]


async def plan_of(connection: asyncpg.Connection, statement: str, parameters: Sequence[Any]) -> Plan:
    """The plan of a statement that was carried out, as the reads of the API are planned."""
    await connection.execute("set plan_cache_mode = force_custom_plan; set random_page_cost = 1.1")
    told = await connection.fetchval(f"explain (analyze, buffers, format json) {statement}", *parameters)
    plan: Plan = json.loads(told)[0]["Plan"]
    return plan


def rows_read(plan: Plan) -> int:
    """The rows that all scans of tables and indexes took up, those that a filter then dropped included."""
    return round(sum(_read(node) for node in _nodes(plan) if "Scan" in node["Node Type"]))


def _read(node: Plan) -> float:
    if node["Node Type"] in ("Subquery Scan", "CTE Scan", "Function Scan"):  # what they pass on was read below
        return 0
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return float((node["Actual Rows"] + sum(node.get(name, 0) for name in removed)) * node["Actual Loops"])


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
