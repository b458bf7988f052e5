"""What the engine hosts, and the shape of what goes between."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

Headers = Sequence[tuple[str, bytes]]


class Record(Protocol):
    """One record of a topic. `timestamp` is in milliseconds since 1970."""

    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class Event(Struct, frozen=True, gc=False):
    """A record with its topic's own name, without the installation's prefix."""

    topic: str
    record: Record


class Output(Protocol):
    """A record to be written; its partition follows from its key unless it is given."""

    @property
    def topic(self) -> str: ...
    @property
    def key(self) -> bytes: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def partition(self) -> int | None: ...


class State(Protocol):
    """One partition's state during one transaction. What is put is seen at once, and kept when the transaction is.

    `due_milliseconds` (since 1970, UTC; 0: never) is when the record wants attention: `Turn.due` is then called.
    What is kept `until_milliseconds` is not there from that time on; nobody is told.
    """

    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, value: bytes, due_milliseconds: int = 0) -> None: ...
    def keep(self, key: bytes, value: bytes, until_milliseconds: int) -> None: ...
    def delete(self, key: bytes) -> None: ...
    def scan(self, begin: bytes, end: bytes, limit: int) -> Iterator[tuple[bytes, bytes]]: ...


class Step(Protocol):
    """What is at hand in one transaction of one partition; `now_milliseconds` is its one reading of the clock.

    `sequence` orders the turns of one worker; `inputs` gives the first and the next offset of each input topic that
    this transaction takes from; `global_positions` gives, by topic and partition, the next offset of the global topics.
    """

    @property
    def partition(self) -> int: ...
    @property
    def partitions(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def now_milliseconds(self) -> int: ...
    @property
    def state(self) -> State: ...
    @property
    def inputs(self) -> Mapping[str, tuple[int, int]]: ...
    @property
    def global_positions(self) -> Mapping[str, int]: ...
    def position(self, topic: str) -> int: ...
    def partition_of(self, key: bytes) -> int: ...


class Turn(Protocol):
    """What a topology does in one transaction, called in this order: changes, events, due records, messages, finish."""

    def change(self, event: Event) -> None: ...
    def event(self, event: Event) -> None: ...
    def due(self, key: bytes) -> None: ...
    def finish(self) -> Sequence[Output]: ...


class Topology(Protocol):
    """Which topics there are and what is done with their records.

    `state_topics` are read up to their end before any record of `message_topics` (most urgent first) is handed on, so
    that whatever was acknowledged before a message was fetched is known. All of them have the same number of
    partitions. `global_topics` are read whole by every worker before the first transaction; changes
    that it `notices` are also handed to every partition, once.
    """

    @property
    def name(self) -> str: ...
    @property
    def state_topics(self) -> Sequence[str]: ...
    @property
    def message_topics(self) -> Sequence[str]: ...
    @property
    def global_topics(self) -> Sequence[str]: ...
    def absorb(self, event: Event) -> None: ...
    def notices(self, event: Event, /) -> bool: ...
    def opened(self, partition: int) -> None: ...
    def turn(self, step: Step) -> Turn: ...


def input_topics(topology: Topology) -> tuple[str, ...]:
    """List the co-partitioned topics of a topology, the ones read first at the front."""
    return (*topology.state_topics, *topology.message_topics)


def changelog_of(topology_name: str) -> str:
    """Name a topology's changelog topic."""
    return f"compliance.{topology_name}-changelog"
