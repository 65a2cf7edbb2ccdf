"""The typed client does what its page says, on an API at a real address, and fits the schema of today."""

import asyncio
import importlib.util
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from graphql import GraphQLEnumType, OperationDefinitionNode, build_schema, parse, print_ast, validate

from api.app import create_app
from domain.kernel.database import Database
from domain.kernel.settings import Settings
from domain.orders.status import Status
from omnisales_sdk.testing.sandbox import serve
from plugins.host import load_connectors
from tests.support.builders import make_channel, make_order, make_variant

HERE = Path(__file__).parents[2] / "examples" / "typed_client"
SCHEMA = build_schema((HERE.parents[1] / "schema.graphql").read_text("utf-8"))
KEY = "oms_the-key-of-the-example"


def test_its_operations_fit_the_schema() -> None:
    assert validate(SCHEMA, parse((HERE / "operations.graphql").read_text("utf-8"))) == []


def test_it_was_generated_from_its_operations_and_this_schema() -> None:
    client = (HERE / "omnisales_client" / "client.py").read_text("utf-8")
    generated = {_spelled(text) for text in client.split('"""')[1::2]}
    written = parse((HERE / "operations.graphql").read_text("utf-8"))
    assert generated == {print_ast(one) for one in written.definitions if isinstance(one, OperationDefinitionNode)}
    enums = _module("enums")
    for name in ("OrderStatus", "OrderAging"):
        ours = SCHEMA.type_map[name]
        assert isinstance(ours, GraphQLEnumType)
        assert {one.value for one in getattr(enums, name)} == set(ours.values)


def _spelled(text: str) -> str:
    return print_ast(parse(text))


def _module(name: str) -> object:
    spec = importlib.util.spec_from_file_location(name, HERE / "omnisales_client" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.spec("ORD-6")
async def test_it_confirms_what_was_reviewed(database: Database) -> None:
    async with database.begin() as session:
        channel = await make_channel(session)
        plenty, none = await make_variant(session, stock=10), await make_variant(session)
        confirmed = await make_order(session, [(plenty, 1)], channel=channel, status=Status.PROCESSING)
        short = await make_order(session, [(none, 1)], channel=channel, status=Status.PROCESSING)
    settings = Settings(admin_key=KEY, secret_key="a secret of the tests", database_url=database.url)
    host = load_connectors(only=("woocommerce", "innoship", "manual"))
    with serve(create_app(settings, host=host)) as api:
        await _answers(api.url)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "confirm_reviewed.py", api.url, KEY),
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, said.decode()
    lines = {line.split()[0]: " ".join(line.split()[3:]) for line in said.decode().splitlines()}
    assert lines == {str(confirmed.number): "confirmed", str(short.number): f"waits for {none.sku}"}


async def _answers(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        for _ in range(100):
            if (await http.get("/health/live")).status_code == 200:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("the API does not answer")
