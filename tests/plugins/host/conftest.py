"""Throw-away plugins, installed the way pip does it: a module, and a dist-info folder with its entry point."""

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from omnisales_sdk import ENTRY_POINT_GROUP, Context
from omnisales_sdk.testing.context import make_context
from plugins.host import Host, load_connectors

PREAMBLE = """
from decimal import Decimal
from datetime import UTC, datetime, timedelta
from pydantic import BaseModel, SecretStr
from omnisales_sdk import *

class Settings(BaseModel):
    page_size: int = 50

class Credentials(BaseModel):
    token: SecretStr = SecretStr("s3cret-token")

def card(key, **changes):
    return Manifest(**{
        "key": key, "title": key.title(), "kinds": frozenset({Kind.SALES_CHANNEL}),
        "settings": Settings, "credentials": Credentials, **changes,
    })
"""


class Site:
    """A folder of installed distributions, on the import path for the length of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: list[str] = []

    def install(
        self,
        name: str,
        source: str,
        *,
        module: str | None = None,
        attribute: str | None = None,
        dist: str | None = None,
        version: str = "1.2.3",
    ) -> None:
        """Installs `source` as a module; the distribution's entry point `name` is it, or one of its attributes."""
        module = module or f"throwaway_{name.replace('-', '_')}_{abs(hash(self.folder))}_{len(self.modules)}"
        dist = dist or f"{name}-connector"
        self.modules.append(module)
        (self.folder / f"{module}.py").write_text(PREAMBLE + dedent(source))
        info = self.folder / f"{dist.replace('-', '_')}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: {version}\n")
        with (info / "entry_points.txt").open("a") as file:
            file.write(f"[{ENTRY_POINT_GROUP}]\n{name} = {module}{f':{attribute}' if attribute else ''}\n")

    def entry_points(self) -> list[EntryPoint]:
        return [
            entry
            for one in distributions(path=[str(self.folder)])
            for entry in one.entry_points
            if entry.group == ENTRY_POINT_GROUP
        ]

    def load(self, environ: Mapping[str, str] | None = None, **options: Any) -> Host:
        return load_connectors(entry_points=self.entry_points(), environ=environ or {}, **options)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.syspath_prepend(str(tmp_path))
    site = Site(tmp_path)
    yield site
    for module in site.modules:
        sys.modules.pop(module, None)


class TokenSettings(BaseModel):
    page_size: int = 50


class TokenCredentials(BaseModel):
    token: SecretStr = SecretStr("s3cret-token")


Ctx = Context[TokenSettings, TokenCredentials]


@pytest.fixture
def ctx() -> Ctx:
    return make_context(TokenSettings(), TokenCredentials())


@pytest.fixture
def shop() -> Callable[[str], str]:
    """The source of a small working sales channel."""
    return lambda key: (
        f"""
        @hookimpl
        def connector():
            return card("{key}")

        @hookimpl
        def fetch_order(ctx, external_id):
            return RawItem(external_id=external_id, body=b"{key}")
    """
    )
