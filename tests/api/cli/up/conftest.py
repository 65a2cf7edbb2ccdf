"""A home that the server's account can reach: pytest's own temporary folders are closed to it when root runs tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="omnisales-up-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(open_folder: Path) -> Iterator[Path]:
    home = open_folder / "home"
    home.mkdir(mode=0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)
