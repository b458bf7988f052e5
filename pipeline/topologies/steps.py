"""What a topology is given and gives back. The engine's own types have the same shape, so neither imports the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

Headers = Sequence[tuple[str, bytes]]


class Record(Protocol):
    """One record of a topic, as the log holds it. `timestamp` is in milliseconds since 1970."""

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


class Event(Protocol):
    """A record with the topic's own name (without the installation's prefix)."""

    @property
    def topic(self) -> str: ...
    @property
    def record(self) -> Record: ...


class Output(Struct, frozen=True, gc=False):
    """A record to be written. Its partition follows from its key unless it is given."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


class State(Protocol):
    """One partition's state during one transaction. What is put is seen at once, and kept when the transaction is.

    A record that is kept until a time is gone from that time on.
    """

    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, value: bytes, due_milliseconds: int = 0) -> None: ...
    def keep(self, key: bytes, value: bytes, until_milliseconds: int) -> None: ...
    def delete(self, key: bytes) -> None: ...
    def scan(self, begin: bytes, end: bytes, limit: int) -> Iterator[tuple[bytes, bytes]]: ...


class Step(Protocol):
    """What is at hand in one transaction of one partition.

    `now_milliseconds` is the transaction's one reading of the clock, since 1970 in UTC; `position(topic)` is the next
    offset of this partition of an input topic, after this step. `sequence` orders the turns of one worker; `inputs`
    gives the first and the next offset of each input topic that this step takes from; `global_positions` gives, by
    topic and partition, the next offset of the global topics.
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


__all__ = ["Event", "Headers", "Output", "Record", "State", "Step"]
