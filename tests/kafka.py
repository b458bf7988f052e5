"""The Kafka that tests talk to: a development broker for the session, or the one that the environment names."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipeline.apps.development_broker import DevelopmentBroker, free_port

__all__ = ["GivenBroker", "broker", "free_port"]


@dataclass(frozen=True)
class GivenBroker:
    """A broker that somebody else runs; tests may use it, and not stop it."""

    bootstrap_servers: str


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevelopmentBroker | GivenBroker]:
    """Give the address of a Kafka: `KAFKA_BOOTSTRAP_SERVERS` if set, else a broker that ends with the session."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield GivenBroker(given)
        return
    with DevelopmentBroker(tmp_path_factory.mktemp("kafka")) as started:
        yield started
