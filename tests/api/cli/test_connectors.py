"""`omnisales connectors`, with plugins installed the way pip does it: a module and a dist-info folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

WRAPPER = """
from omnisales_sdk import hookimpl

@hookimpl(wrapper=True)
def push_status(ctx, push):
    return (yield)
"""


def connectors(site: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNISALES_", "DATABASE_"))}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "plugins"), str(site)])
    return subprocess.run(
        [sys.executable, "-P", "-m", "api.cli", "connectors", *arguments],
        env=clean | {"PYTHONPATH": paths, "COLUMNS": "100", "NO_COLOR": "1"} | env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def install(site: Path, name: str, source: str) -> None:
    (site / f"throwaway_{name}.py").write_text(source)
    info = site / f"{name}_plugin-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: 1.2.3\n")
    (info / "entry_points.txt").write_text(f"[omnisales.connectors]\n{name} = throwaway_{name}\n")


def test_it_lists_the_built_in_connectors_with_version_kinds_and_capabilities(tmp_path: Path) -> None:
    listed = json.loads(connectors(tmp_path, "--json").stdout)
    assert (listed["failures"], listed["wrappers"], listed["disabled"]) == ([], [], [])
    by_key = {one["key"]: one for one in listed["connectors"]}
    assert sorted(by_key) == ["innoship", "manual", "woocommerce"]
    assert by_key["manual"] == {
        "key": "manual",
        "title": "Manual courier",
        "version": by_key["woocommerce"]["version"],
        "distribution": "omnisales",
        "kinds": ["courier"],
        "capabilities": ["create_awb", "void_awb"],
    }
    assert {"parse_order", "push_status", "ensure_webhooks"} <= set(by_key["woocommerce"]["capabilities"])


def test_the_table_cuts_no_word_in_a_narrow_terminal(tmp_path: Path) -> None:
    table = connectors(tmp_path, COLUMNS="80").stdout
    for word in ("woocommerce", "sales_channel", "test_connection", "ensure_webhooks", "parse_tracking"):
        assert word in table


@pytest.mark.spec("PLG-3")
def test_a_broken_plugin_is_shown_with_its_traceback_and_the_others_still_run(tmp_path: Path) -> None:
    install(tmp_path, "broken", "raise RuntimeError('its library is missing')")
    install(tmp_path, "around", WRAPPER)
    shown = connectors(tmp_path).stdout
    assert "woocommerce" in shown
    assert "broken (broken-plugin 1.2.3) does not run: it cannot be imported: RuntimeError: its library" in shown
    assert "Traceback (most recent call last)" in shown
    assert "around 1.2.3 (around-plugin) stands around: push_status" in shown
    failure = json.loads(connectors(tmp_path, "--json").stdout)["failures"][0]
    assert (failure["name"], failure["version"], failure["distribution"]) == ("broken", "1.2.3", "broken-plugin")
    assert failure["traceback"].endswith("RuntimeError: its library is missing\n")


def test_what_is_switched_off_or_not_installed_is_said(tmp_path: Path) -> None:
    environment = {"OMNISALES_CONNECTORS": "manual,shopify", "OMNISALES_CONNECTORS_DISABLED": "innoship"}
    shown = connectors(tmp_path, **environment).stdout
    assert "innoship is switched off by OMNISALES_CONNECTORS_DISABLED" in shown
    assert "shopify (not installed) does not run: no such connector is installed" in shown
    assert "woocommerce" not in shown
