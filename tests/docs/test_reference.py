"""What the guides list is what there is: nothing is missing, nothing is listed that is gone, numbers are the code's."""

import json
import re

import pytest
from graphql import GraphQLInterfaceType, build_schema, get_named_type, parse, validate

from api.graphql import http, limits, requests
from api.metrics import REGISTRY
from domain.intake.models import InboxState
from domain.kernel.actor import Permission
from domain.kernel.settings import Settings
from domain.orders.status import Status
from domain.reads.keyset import MAX_PAGE
from domain.views.screens import SCREENS
from jobs.environment import number

from . import sources
from .markdown import parts, text_of
from .moves import moves
from .tables import code_words, table

CATALOGUE = "catalogue.md"
FRONTEND, OPERATOR, RUNNING, DISCOUNTS = "frontend.md", "operator.md", "running.md", "discounts.md"
APPROVALS, PEOPLE, PRIVACY = "approvals.md", "people.md", "privacy.md"
SETUP = "setup.md"
SCHEMA = build_schema((sources.ROOT / "schema.graphql").read_text("utf-8"))
PLAYED = {
    "graphql",
    "json variables",
    "json screen",
    "json answer",
    "json answer 401",
    "json answer 403",
    "json answer 422",
    "sh",
    "sql",
    "text",
    "meanwhile",
}


def test_every_block_is_of_a_kind_that_is_tried() -> None:
    untried = [
        part.place
        for guide in (FRONTEND, OPERATOR, RUNNING, SETUP, DISCOUNTS, APPROVALS, CATALOGUE, PEOPLE, PRIVACY)
        for part in parts(guide)
        if part.info not in PLAYED
    ]
    assert untried == []


def test_every_operation_is_valid_against_the_committed_schema() -> None:
    for guide in (FRONTEND, OPERATOR, RUNNING, SETUP, DISCOUNTS, APPROVALS, CATALOGUE, PEOPLE, PRIVACY):
        for part in parts(guide):
            if part.info == "graphql":
                assert validate(SCHEMA, parse(part.text)) == [], part.place


def test_every_setting_is_listed() -> None:
    listed = re.findall(r"OMNISALES_[A-Z]+(?:_[A-Z]+)*", text_of(RUNNING))
    assert set(listed) == sources.settings()


def test_the_settings_hold_what_the_table_says_when_they_are_not_set() -> None:
    said = {code_words(row[0])[0]: row[1].strip("`") for row in table(RUNNING, "setting")}
    unset = Settings.from_env({})

    assert {name: said[name] for name in ("OMNISALES_HOME", "OMNISALES_PORT", "OMNISALES_LOG_LEVEL")} == {
        "OMNISALES_HOME": str(unset.home),
        "OMNISALES_PORT": str(unset.port),
        "OMNISALES_LOG_LEVEL": unset.log_level,
    }
    assert said["OMNISALES_POOL_SIZE"] == str(unset.pool_size)
    assert said["OMNISALES_READ_TIMEOUT_MS"] == str(unset.read_timeout_ms)
    assert said["OMNISALES_PATIENCE_SECONDS"] == str(unset.patience_seconds)
    assert said["OMNISALES_WEBHOOK_LIMIT_BYTES"] == str(unset.webhook_limit_bytes)
    for name in (
        *("caller_points_per_second", "anonymous_per_second", "wrong_credentials_per_minute"),
        *("header_seconds", "body_seconds", "unread_seconds", "connections"),
    ):
        assert said[f"OMNISALES_{name.upper()}"] == str(getattr(unset, name)), name
    assert said["OMNISALES_CHANNEL_WEBHOOKS_PER_SECOND"] == str(unset.channel_webhooks_per_second)
    for name in ("OMNISALES_WORKER_THREADS", "OMNISALES_SWEEP_SECONDS", "OMNISALES_LEASE_MARGIN_SECONDS"):
        assert said[name] == f"{number(name):g}", name
    assert said["dramatiq_worker_timeout"] == f"{number('dramatiq_worker_timeout'):g}"


def test_every_metric_is_listed_with_its_labels() -> None:
    listed = {code_words(row[0])[0]: code_words(row[1]) for row in table(RUNNING, "metric")}
    suffixes = {"counter": "_total"}
    there = {
        f"{metric.name}{suffixes.get(metric.type, '')}": list(collector._labelnames)  # type: ignore[attr-defined]
        for collector in set(REGISTRY._collector_to_names)
        for metric in collector.describe()
    }
    assert listed == there


def test_every_event_in_the_guide_is_one_of_the_logs() -> None:
    listed = {event for row in table(RUNNING, "event") for event in code_words(row[0])}
    assert listed <= sources.events()


def test_every_code_is_told() -> None:
    told = set(re.findall(r"`([A-Z][A-Z]+(?:_[A-Z]+)*)`", text_of(FRONTEND)))
    assert sources.codes() - told == set()


def test_every_code_in_the_tables_is_there() -> None:
    headed = [
        table(FRONTEND, "code", after="Errors, and whom to ask"),
        table(FRONTEND, "code", after="Problems of fields"),
    ]
    listed = {code for rows in headed for row in rows for code in code_words(row[0])}
    listed |= {code for row in table(FRONTEND, "status", after="Webhooks") for code in code_words(row[1])}
    assert listed - sources.codes() == set()


def test_every_refusal_is_told_with_its_code_and_data_and_with_what_to_do() -> None:
    interface = SCHEMA.type_map["Refusal"]
    assert isinstance(interface, GraphQLInterfaceType)
    refusals = SCHEMA.get_implementations(interface).objects
    listed = {code_words(row[0])[0]: code_words(row[2]) for row in table(FRONTEND, "type")}

    assert listed == {one.name: [name for name in one.fields if name not in interface.fields] for one in refusals}
    assert [code_words(row[0])[0] for row in table(OPERATOR, "refusal")] == list(listed)


def test_the_limits_are_those_of_the_code() -> None:
    said = {row[0]: re.findall(r"\d+", row[1].replace(",", "")) for row in table(FRONTEND, "what", after="Limits")}
    assert said == {
        "body of a request": [f"{requests.MAX_BYTES}"],
        "words and signs of a document": [f"{limits.MAX_TOKENS}"],
        "fields of a document; side by side": [f"{limits.MAX_FIELDS}", f"{limits.MAX_BREADTH}"],
        "aliases": [f"{limits.MAX_ALIASES}"],
        "depth": [f"{limits.MAX_DEPTH}"],
        "cost: the fields that the answer may hold": [f"{limits.MAX_COST}"],
        "entries of a page": [f"{MAX_PAGE}"],
        "time of a query; of a mutation": [f"{http.QUERY_SECONDS:.0f}", f"{http.MUTATION_SECONDS:.0f}"],
    }


def test_every_permission_is_listed() -> None:
    listed = [name for row in table(FRONTEND, "permission") for name in code_words(row[0])]
    assert listed == [str(permission) for permission in Permission]


def test_every_status_is_listed_with_its_code() -> None:
    listed = {int(row[0]): code_words(row[1])[0] for row in table(OPERATOR, "code", after="The statuses")}
    assert listed == {int(status): status.name for status in Status}


def test_every_move_is_listed_with_what_it_needs() -> None:
    assert table(OPERATOR, "from", after="Every move") == moves()


def test_every_cause_of_the_diary_is_listed_with_what_to_do() -> None:
    headings = ("What came in", "The store and its connection", "What went out")
    rows = [row for heading in headings for row in table(OPERATOR, "cause", after=heading)]
    listed = {cause.removesuffix("…") for row in rows for cause in code_words(row[0])}

    assert sources.causes() - listed == set()
    assert listed - sources.causes() == {InboxState.IGNORED.value, InboxState.SUPERSEDED.value}
    assert [row for row in rows if not row[2]] == []


def test_every_field_and_type_that_is_named_exists() -> None:
    """What stands in backticks and looks like a field of Query or Mutation is one."""
    assert SCHEMA.query_type is not None and SCHEMA.mutation_type is not None
    roots = {**SCHEMA.query_type.fields, **SCHEMA.mutation_type.fields}
    named = {
        word
        for guide in (FRONTEND, OPERATOR, RUNNING, SETUP, DISCOUNTS, APPROVALS, CATALOGUE, PEOPLE, PRIVACY)
        for word in re.findall(r"`([a-z]+(?:[A-Z][a-z]+)+)`", text_of(guide))
    }
    types = {name for kind in SCHEMA.type_map.values() for name in getattr(get_named_type(kind), "fields", {})}
    arguments = {name for field in roots.values() for name in field.args}
    assert named - set(roots) - types - arguments - {"operationName", "correlationId"} == set()


@pytest.mark.spec("ORD-6")
def test_the_guide_shows_each_screen_as_it_is_promised_to_be_cheap() -> None:
    shown = [json.loads(part.text) for part in parts("screens.md") if part.info == "json screen"]
    taken = [{name: one["filter"][name] for name in screen.takes} for one, screen in zip(shown, SCREENS, strict=True)]
    assert shown == [
        {
            "filter": {**screen.filter, **filled_in},
            "sort": {"field": screen.sort, "descending": screen.descending},
        }
        for screen, filled_in in zip(SCREENS, taken, strict=True)
    ]
    titles = re.findall(r"^### (.+)$", text_of("screens.md"), re.MULTILINE)
    assert titles == [screen.title for screen in SCREENS]
