from collections.abc import Iterator

import pytest

from connectors.innoship.sandbox import create_app
from connectors.innoship.settings import Ctx
from omnisales_sdk.testing.sandbox import serve

from .support import Sandbox, context


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    app = create_app()
    with serve(app) as running:
        yield Sandbox(url=running.url, faults=app.state.faults, book=app.state.book)


@pytest.fixture
def ctx(sandbox: Sandbox) -> Ctx:
    return context(sandbox.url)
