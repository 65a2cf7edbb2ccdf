"""The author's guide tells the truth: its hooks are the contract's, its example is built, tested and loaded."""

import os
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from omnisales_sdk import ENTRY_POINT_GROUP, ExternalOrder, RawItem
from omnisales_sdk.testing.context import make_context
from plugins.host import load_connectors

from .contract import GUIDE, guide_with, hook_table

pytestmark = pytest.mark.spec("PLG-2")

NAMED = re.compile(r"^`(?P<name>[\w.]+)` [^\n]*:\n\n```\w+\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"```python\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    found = {match["name"]: match["text"] for match in NAMED.finditer(GUIDE.read_text("utf-8"))}
    for name, text in found.items():
        (tmp_path / name).write_text(text)
    return found


def test_every_hook_is_listed_with_its_arguments() -> None:
    assert GUIDE.read_text("utf-8") == guide_with(hook_table()), "write it anew: python -m tests.plugins.sdk.contract"


def test_the_examples_own_tests_pass(files: dict[str, str], tmp_path: Path) -> None:
    assert set(files) == {"pyproject.toml", "acme_connector.py", "acme_sandbox.py", "test_acme.py"}

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "test_acme.py"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    ended = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120)

    assert "3 passed" in ended.stdout, ended.stdout + ended.stderr


def test_the_example_loads_and_is_wrapped(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapper = BLOCK.findall(GUIDE.read_text("utf-8"))[-1]
    (tmp_path / "acme_watch.py").write_text(wrapper)
    monkeypatch.syspath_prepend(str(tmp_path))
    entry_points = [
        EntryPoint(name, value, ENTRY_POINT_GROUP)
        for name, value in re.findall(r'^(acme) = "(\w+)"$', files["pyproject.toml"], re.MULTILINE)
    ]

    host = load_connectors(
        entry_points=[*entry_points, EntryPoint("watch", "acme_watch", ENTRY_POINT_GROUP)], environ={}
    )

    assert host.failures() == []
    (acme,) = host.connectors()
    ctx = make_context(acme.manifest.settings(shop_url="https://a.example"), acme.manifest.credentials(token="t"))
    body = (
        b'{"id": 1, "sku": "A", "product": "A", "quantity": "1", "net": "1.00", "vat": "0.21", "currency": "RON",'
        b' "status": "new", "placed": "2026-05-01T15:00:00+03:00"}'
    )
    order = host.call("acme", "parse_order", ctx, item=RawItem(external_id="1", body=body))
    assert isinstance(order, ExternalOrder)
    assert (order.placed_at.isoformat(), order.note) == ("2026-05-01T12:00:00+00:00", "(seen)")
    for module in ("acme_connector", "acme_watch"):
        sys.modules.pop(module)
