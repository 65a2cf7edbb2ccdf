from collections.abc import Iterator

import pytest

from connectors.woocommerce.settings import Ctx

from .support import Receiver, Store, running_receiver, running_store


@pytest.fixture
def store() -> Iterator[Store]:
    with running_store() as store:
        yield store


@pytest.fixture
def ctx(store: Store) -> Ctx:
    return store.ctx()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver
