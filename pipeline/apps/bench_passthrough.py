"""The floor of the benchmark: the same engine and transactions, with a topology that passes each message through."""

import os
import sys
from collections.abc import Sequence
from typing import Final

from pipeline.apps import worker
from pipeline.apps.settings import Environment
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients
from pipeline.topologies.steps import Event, Output, Step


class PassThrough:
    """Answers every message with its own bytes: no decoding, no state, no rules."""

    name: Final = Recipients.name
    state_topics: Final = Recipients.state_topics
    message_topics: Final = Recipients.message_topics
    global_topics: Final[tuple[str, ...]] = ()

    def __init__(self, known: GlobalFacts) -> None:
        """Need nothing."""

    def absorb(self, event: Event) -> None:
        """Take nothing in."""

    def notices(self, _event: Event) -> bool:
        """Answer no changes."""
        return False

    def opened(self, partition: int) -> None:
        """Need nothing."""

    def turn(self, step: Step) -> "PassingTurn":
        """Begin a transaction."""
        return PassingTurn(step)


class PassingTurn:
    """One transaction: what comes in goes out."""

    def __init__(self, step: Step) -> None:
        """Begin with nothing."""
        self._partition = step.partition
        self._outputs: list[Output] = []

    def change(self, event: Event) -> None:
        """Ignore."""

    def due(self, key: bytes) -> None:
        """Ignore."""

    def event(self, event: Event) -> None:
        """Pass a message on as it came."""
        if event.topic in Recipients.message_topics:
            key = event.record.key or b""
            self._outputs.append(Output(names.VERDICTS, key, event.record.value, (), self._partition))

    def finish(self) -> Sequence[Output]:
        """Give what was passed on."""
        return self._outputs


if __name__ == "__main__":
    setattr(worker, "Recipients", PassThrough)  # noqa: B010 - the one difference to a worker
    sys.exit(worker.main(Environment(dict(os.environ))))
