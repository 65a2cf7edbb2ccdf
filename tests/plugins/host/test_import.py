"""A second copy of the host or the SDK would have types of its own, which no `except` and no `isinstance` knows."""

import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[3] / "plugins"


@pytest.mark.parametrize(
    ("path", "statement", "message"),
    [
        (PLUGINS, "import host", "plugins.host was imported as 'host'"),
        (PLUGINS.parent, "import plugins.omnisales_sdk", "omnisales_sdk was imported as 'plugins.omnisales_sdk'"),
    ],
)
def test_a_second_name_is_refused(path: Path, statement: str, message: str) -> None:
    ended = subprocess.run([sys.executable, "-c", statement], cwd=path, capture_output=True, text=True, timeout=30)

    assert ended.returncode == 1
    assert f"ImportError: {message}" in ended.stderr
