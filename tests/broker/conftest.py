"""A broker for the session, and an installation of topics for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.apps.development_broker import DevelopmentBroker
from tests.kafka import GivenBroker, broker
from tests.live import Installation

__all__ = ["broker"]


@pytest.fixture
async def installation(broker: DevelopmentBroker | GivenBroker, tmp_path: Path) -> AsyncIterator[Installation]:
    """Give topics of its own to a test, and end its workers with it."""
    made = Installation(broker.bootstrap_servers, f"t{uuid4().hex[:8]}.", tmp_path)
    await made.create_topics()
    yield made
    made.close()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[DevelopmentBroker]:
    """Give a broker that a test may kill."""
    with DevelopmentBroker(tmp_path / "kafka") as started:
        yield started
