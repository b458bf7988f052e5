"""What the engine may rely on of a log: one suite, run by the log in memory and by Kafka."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import ProducerFenced

from pipeline.apps.development_broker import DevelopmentBroker  # noqa: TC001 - as elsewhere
from pipeline.engine.kafka import EndsReader, KafkaPartitionLog, KafkaSettings, Reader
from pipeline.engine.partition import PartitionLog
from pipeline.engine.topology import Record
from pipeline.testing.memory_log import FencedError, MemoryLog, MemoryPartitionLog
from pipeline.topologies.steps import Output
from tests.kafka import GivenBroker, broker

__all__ = ["broker"]

IN, OTHER, OUT, CHANGELOG = "in", "other", "out", "changelog"
FENCED = (FencedError, ProducerFenced)


class Kept(NamedTuple):
    """A record as a reader of a topic gets it."""

    key: bytes | None
    value: bytes | None


class Bench(Protocol):
    """A log of one partition, from outside: to write to its topics, open it as an owner does, and read it."""

    async def append(self, topic: str, value: bytes) -> None:
        """Write a record as a producer would, acknowledged."""

    async def open(self, positions: Mapping[str, int] | None = None) -> PartitionLog:
        """Take the partition over and go on from positions (default: the beginning)."""

    async def read(self, topic: str) -> list[Kept]:
        """Read the committed records of a topic."""


class MemoryBench:
    """The log in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._log = MemoryLog(1)

    async def append(self, topic: str, value: bytes) -> None:
        """Write a record."""
        self._log.append(topic, b"k", value)

    async def open(self, positions: Mapping[str, int] | None = None) -> PartitionLog:
        """Take the partition over."""
        return MemoryPartitionLog(self._log, CHANGELOG, 0, {IN: 0, OTHER: 0, **(positions or {})})

    async def read(self, topic: str) -> list[Kept]:
        """Read a topic."""
        return [Kept(record.key, record.value) for record in self._log.all_records(topic)]


class KafkaBench:
    """Kafka, under a prefix of its own."""

    def __init__(self, bootstrap_servers: str) -> None:
        """Prepare; `start` connects."""
        self._settings = KafkaSettings(bootstrap_servers, prefix=f"c{uuid4().hex[:8]}.")
        self._producers: list[AIOKafkaProducer] = []
        self._reader = Reader(self._settings, 1_000)
        self._ends = EndsReader(self._settings)

    async def start(self) -> None:
        """Make the topics and connect."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.bootstrap_servers)
        await admin.start()
        names = [self._settings.topic(topic) for topic in (IN, OTHER, OUT, CHANGELOG)]
        await admin.create_topics([NewTopic(name, 1, 1) for name in names])
        await admin.close()
        await self._reader.start()
        await self._ends.start()

    async def stop(self) -> None:
        """Disconnect."""
        for producer in self._producers:
            await producer.stop()
        await self._reader.stop()
        await self._ends.stop()

    async def append(self, topic: str, value: bytes) -> None:
        """Write a record, acknowledged."""
        producer = AIOKafkaProducer(bootstrap_servers=self._settings.bootstrap_servers)
        await producer.start()
        await producer.send_and_wait(self._settings.topic(topic), value, key=b"k")
        await producer.stop()

    async def open(self, positions: Mapping[str, int] | None = None) -> PartitionLog:
        """Take the partition over, as the host does: start its producer, then fill its queues."""
        producer = self._settings.producer(f"{self._settings.prefix}owner")
        await producer.start()
        self._producers.append(producer)
        opened = KafkaPartitionLog(
            self._settings,
            CHANGELOG,
            0,
            producer,
            {IN: self._reader, OTHER: self._reader},
            {IN: 0, OTHER: 0, **(positions or {})},
            self._ends,
        )
        self._reader.add(opened.queues.values())
        return opened

    async def read(self, topic: str) -> list[Kept]:
        """Read the committed records of a topic."""
        consumer = AIOKafkaConsumer(
            self._settings.topic(topic),
            bootstrap_servers=self._settings.bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        ends = await consumer.end_offsets(list(consumer.assignment()))
        kept: list[Kept] = []
        while [partition for partition, end in ends.items() if await consumer.position(partition) < end]:
            for records in (await consumer.getmany(timeout_ms=50)).values():
                kept += [Kept(record.key, record.value) for record in records]
        await consumer.stop()
        return kept


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.broker)])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Give each of the logs."""
    if request.param == "memory":
        yield MemoryBench()
        return
    given: DevelopmentBroker | GivenBroker = request.getfixturevalue("broker")
    kafka = KafkaBench(given.bootstrap_servers)
    await kafka.start()
    yield kafka
    await kafka.stop()


async def read(bench: Bench, topic: str, wanted: int) -> list[Kept]:
    """Read a topic once it holds so many records: Kafka shows a commit some milliseconds after it is acknowledged."""
    for _ in range(100):
        kept = await bench.read(topic)
        if len(kept) >= wanted:
            return kept
        await asyncio.sleep(0.02)
    return await bench.read(topic)


async def taken(log: PartitionLog, topic: str, wanted: int, limit: int = 1_000) -> list[Record]:
    """Take records as they arrive, until so many are there."""
    records: list[Record] = []
    for _ in range(500):
        records += log.take(topic, min(limit, wanted - len(records)))
        if len(records) >= wanted:
            return records
        await log.wait(0.02)
    message = f"{len(records)} of {wanted} records arrived"
    raise AssertionError(message)


def output(value: bytes) -> Any:  # noqa: ANN401 - an output as a topology gives it
    """Make a record to write."""
    return Output(OUT, b"k", value)


async def test_gives_records_in_order_and_each_once(bench: Bench) -> None:
    """Records of a topic come in the order in which they were written, however many are taken at once."""
    for number in range(5):
        await bench.append(IN, b"%d" % number)
    log = await bench.open()
    records = [*await taken(log, IN, 2, limit=2), *await taken(log, IN, 3)]
    assert [record.value for record in records] == [b"0", b"1", b"2", b"3", b"4"]
    assert [record.offset for record in records] == [0, 1, 2, 3, 4]


async def test_position_is_what_was_taken_and_end_what_was_acknowledged(bench: Bench) -> None:
    """The next offset to take counts only what was taken; the end counts what was written, at once."""
    await bench.append(IN, b"0")
    await bench.append(IN, b"1")
    log = await bench.open()
    await taken(log, IN, 1, limit=1)
    assert await log.position(IN) == 1
    assert await log.ends([IN, OTHER]) == {IN: 2, OTHER: 0}
    await taken(log, IN, 1)
    await bench.append(IN, b"2")
    assert await log.position(IN) == 2
    assert (await log.ends([IN]))[IN] == 3


async def test_goes_on_from_given_positions(bench: Bench) -> None:
    """A view opened at a position gives what lies behind it."""
    for number in range(3):
        await bench.append(IN, b"%d" % number)
    log = await bench.open({IN: 2})
    assert [record.value for record in await taken(log, IN, 1)] == [b"2"]


async def test_commits_outputs_and_changelog_together(bench: Bench) -> None:
    """What is committed can be read; a record without value is a deletion."""
    log = await bench.open()
    await log.commit([output(b"a"), output(b"b")], [(b"x", b"1"), (b"y", None)])
    assert await read(bench, OUT, 2) == [Kept(b"k", b"a"), Kept(b"k", b"b")]
    assert await read(bench, CHANGELOG, 2) == [Kept(b"x", b"1"), Kept(b"y", None)]


async def test_commit_gives_the_position_behind_its_changelog(bench: Bench) -> None:
    """The positions that commits give rise with what they write, and stand still for a commit without changes."""
    log = await bench.open()
    first = await log.commit([], [(b"x", b"1"), (b"y", b"1")])
    second = await log.commit([output(b"a")], [])
    third = await log.commit([], [(b"x", b"2")])
    assert first >= 2
    assert second == first
    assert third > second


async def test_fences_the_view_that_was_opened_before(bench: Bench) -> None:
    """Whoever held the partition before can't commit once it was opened again, and leaves no trace."""
    stale = await bench.open()
    await stale.commit([output(b"before")], [])
    owner = await bench.open()
    with pytest.raises(FENCED):
        await stale.commit([output(b"stale")], [(b"x", b"stale")])
    await owner.commit([output(b"after")], [])
    assert [kept.value for kept in await read(bench, OUT, 2)] == [b"before", b"after"]
    assert await bench.read(CHANGELOG) == []


async def test_reports_whether_anything_has_arrived(bench: Bench) -> None:
    """A topic with records to take says so, and one without does not."""
    await bench.append(IN, b"0")
    log = await bench.open()
    for _ in range(500):
        if log.has_arrived(IN):
            break
        await log.wait(0.02)
    assert log.has_arrived(IN)
    assert not log.has_arrived(OTHER)
    assert _values(log.take(IN, 10)) == [b"0"]
    assert not log.has_arrived(IN)


def _values(records: Sequence[Record]) -> list[bytes | None]:
    return [record.value for record in records]


async def test_commits_what_was_prepared_for_and_what_was_not(bench: Bench) -> None:
    """A commit may be prepared or not, and prepared in vain; each holds what it was given."""
    log = await bench.open()
    await log.commit([output(b"a")], [(b"x", b"1")])
    await log.prepare()
    await log.commit([output(b"b")], [(b"x", b"2")])
    await log.prepare()
    await log.prepare()
    await log.commit([], [(b"x", b"3")])
    await log.commit([output(b"c")], [])
    assert _kept(await read(bench, OUT, 3)) == [b"a", b"b", b"c"]
    assert _kept(await read(bench, CHANGELOG, 3)) == [b"1", b"2", b"3"]


def _kept(records: Sequence[Kept]) -> list[bytes | None]:
    return [record.value for record in records]
