"""A log in memory that behaves as Kafka does where the engine looks: partitions, offsets, atomic commits, fencing.

It holds one thing more: where a test wants a crash (`fail_next_commit`), before or after the commit took effect.
"""

import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipeline.engine.partitioner import partition_of
from pipeline.engine.topology import Event, Headers, Output, Record


class MemoryRecord(NamedTuple):
    """A record as the memory log holds it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class CrashError(RuntimeError):
    """The crash that a test asked for."""


class FencedError(RuntimeError):
    """The partition was opened again since: whoever holds this view of it owns it no longer."""


class MemoryLog:
    """Topics of partitions of records; every topic has the same number of partitions."""

    def __init__(self, partitions: int) -> None:
        """Begin empty."""
        self.partitions = partitions
        self._records: dict[tuple[str, int], list[MemoryRecord]] = defaultdict(list)
        self._listeners: list[Callable[[Event], None]] = []
        self._ends: dict[tuple[str, int], int] = {}
        self._owners: dict[tuple[str, int], object] = {}

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Have a function called with each record that is appended, in order."""
        self._listeners.append(listener)

    def append(  # noqa: PLR0913 - what makes up a record and its place
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        partition: int | None = None,
        offset: int | None = None,
    ) -> MemoryRecord:
        """Write one record, to the partition of its key unless another is named.

        :param offset: where it stood in a recording; offsets may leave gaps, as Kafka's do, and never fall
        """
        if partition is None:
            partition = partition_of(key or b"", self.partitions)
        end = self.end(topic, partition)
        record = MemoryRecord(partition, end if offset is None else max(end, offset), key, value, headers)
        self._records[topic, partition].append(record)
        for listener in self._listeners:
            listener(Event(topic, record))
        return record

    def read(self, topic: str, partition: int, offset: int = 0, limit: int | None = None) -> Sequence[MemoryRecord]:
        """Read records of a partition from an offset on."""
        records = self._records[topic, partition]
        first = bisect_left(records, offset, key=lambda record: record.offset) if offset else 0
        return records[first:] if limit is None else records[first : first + limit]

    def end(self, topic: str, partition: int) -> int:
        """Give the offset after a partition's last record, or after what was said to follow it."""
        records = self._records[topic, partition]
        return max(records[-1].offset + 1 if records else 0, self._ends.get((topic, partition), 0))

    def set_end(self, topic: str, partition: int, end: int) -> None:
        """Say that a partition has ended later: Kafka ends transactions with records that nobody is given."""
        self._ends[topic, partition] = end

    def all_records(self, topic: str) -> list[MemoryRecord]:
        """List a topic's records, partition by partition."""
        return [record for partition in range(self.partitions) for record in self.read(topic, partition)]

    def own(self, changelog: str, partition: int, owner: object) -> None:
        """Take a partition over; whoever owned it before can't commit to it any more."""
        self._owners[changelog, partition] = owner

    def is_owner(self, changelog: str, partition: int, owner: object) -> bool:
        """Tell whether nobody has taken a partition over since."""
        return self._owners.get((changelog, partition)) is owner


class MemoryPartitionLog:
    """One partition's view of the memory log; opening it fences the view that was opened before."""

    def __init__(self, log: MemoryLog, changelog: str, partition: int, positions: Mapping[str, int]) -> None:
        """Go on from given positions, by topic."""
        self._log = log
        self._changelog = changelog
        self._partition = partition
        self._positions = dict(positions)
        log.own(changelog, partition, self)
        self.fail_next_commit: str | None = None
        """`before` or `after`: crash at the next commit, before or after it took effect."""

    def take(self, topic: str, limit: int) -> Sequence[Record]:
        """Take records that have arrived."""
        records = self._log.read(topic, self._partition, self._positions[topic], limit)
        if records:
            self._positions[topic] = records[-1].offset + 1
        if len(records) < limit:
            self._positions[topic] = max(self._positions[topic], self._log.end(topic, self._partition))
        return records

    def has_arrived(self, topic: str) -> bool:
        """Tell whether there is anything to take."""
        return self._log.end(topic, self._partition) > self._positions[topic]

    def wake(self) -> None:
        """Need nothing: nobody waits here."""

    async def position(self, topic: str) -> int:
        """Give the next offset to be taken."""
        return self._positions[topic]

    async def ends(self, topics: Sequence[str]) -> Mapping[str, int]:
        """Give the ends of topics."""
        return {topic: self._log.end(topic, self._partition) for topic in topics}

    async def wait(self, timeout_seconds: float) -> None:  # noqa: ARG002 - nothing arrives while this waits
        """Let others run."""
        await asyncio.sleep(0)

    async def prepare(self) -> None:
        """Need nothing: a commit is one step here."""

    async def commit(self, outputs: Sequence[Output], changelog: Sequence[tuple[bytes, bytes | None]]) -> int:
        """Write everything as one, or crash where a test wants it.

        :raises FencedError: the partition was opened again since
        """
        fail, self.fail_next_commit = self.fail_next_commit, None
        if fail == "before":
            raise CrashError
        if not self._log.is_owner(self._changelog, self._partition, self):
            raise FencedError
        for output in outputs:
            self._log.append(output.topic, output.key, output.value, output.headers, output.partition)
        for key, value in changelog:
            self._log.append(self._changelog, key, value, (), self._partition)
        if fail == "after":
            raise CrashError
        return self._log.end(self._changelog, self._partition)
