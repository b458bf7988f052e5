"""The log on Kafka: readers that fill a partition's queues, the question for the end, and the transaction.

One consumer per lane reads for all partitions that are ours (`Reader`); one client that fetches nothing asks for ends,
so that the question never waits behind a long poll (measured 2026-11-24: 0.46 ms instead of 23 ms). Each partition has
one transactional producer, named after it: starting it fences whoever owned the partition before.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import aiokafka.producer.sender
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import IllegalOperation, ProducerFenced
from aiokafka.producer.message_accumulator import BatchBuilder

from pipeline.engine.partitioner import partition_of
from pipeline.engine.topology import Output, Record

log = logging.getLogger(__name__)

BATCH_BYTES_MAX: Final = 900_000
"""A broker takes 1 MB per batch unless told otherwise."""

COMMIT_SECONDS_MAX: Final = 30.0
"""How long a commit may take. Whether it took effect after that is found out by opening the partition anew."""

READ_WAIT_MILLISECONDS: Final = 50
"""How long a broker holds an empty fetch. A fetch that waits keeps other partitions of that broker waiting."""


LOOK_MILLISECONDS: Final = 20
"""How long a reader waits before it looks whether its partitions have changed."""

POLL_RECORDS_MAX: Final = 2_000
"""How many records a reader takes over from aiokafka at once: some milliseconds of its work."""

PREFETCH_WAIT_SECONDS: Final = 0.01
"""How long records that were fetched and not yet taken keep other partitions of their broker from being fetched.

With aiokafka's 100 ms, one partition whose queue is full would hold up urgent messages of others. Much shorter, and a
fetch goes out without the partition that is just being taken from, which then waits for that fetch to come back.
"""


@dataclass(frozen=True)
class KafkaSettings:
    """Where the log is and under which names we use it.

    `client` holds what every client needs besides (security, timeouts), as aiokafka names it.
    """

    bootstrap_servers: str
    application: str = "compliance"
    prefix: str = ""
    instance_id: str | None = None
    session_timeout_milliseconds: int = 10_000
    transaction_timeout_milliseconds: int = 60_000
    patience_seconds: float = 60.0
    client: Mapping[str, Any] = field(default_factory=dict)

    def topic(self, name: str) -> str:
        """Give a topic's name in this installation."""
        return self.prefix + name

    def consumer(
        self,
        topics: Sequence[str] = (),
        isolation_level: str = "read_committed",
        **options: Any,  # noqa: ANN401 - aiokafka's
    ) -> AIOKafkaConsumer:
        """Make a consumer that sees committed records only and commits nothing by itself.

        :param topics: read these whole, all partitions of them; none: the caller assigns or subscribes
        :param isolation_level: `read_uncommitted` is for asking where partitions end, never for reading
        """
        return AIOKafkaConsumer(
            *topics,
            bootstrap_servers=self.bootstrap_servers,
            isolation_level=isolation_level,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            check_crcs=False,  # TCP and the broker check; 0.7 us a record
            **{**self.client, **options},
        )

    def producer(self, transactional_id: str) -> AIOKafkaProducer:
        """Make the producer of one partition."""
        return AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers,
            transactional_id=transactional_id,
            transaction_timeout_ms=self.transaction_timeout_milliseconds,
            max_batch_size=BATCH_BYTES_MAX,
            retry_backoff_ms=2,
            **self.client,
        )


def quicken_aiokafka() -> None:
    """Shorten the pause that aiokafka makes between transactional requests from 20 ms to 1 ms.

    A private constant: this is the one place that touches it, and `tests/broker/test_kafka.py` notices when it goes.
    """
    aiokafka.producer.sender.BACKOFF_OVERRIDE = 0.001


_Written = tuple[bytes, bytes | None, list[tuple[str, bytes]]]
"""A record to be written: key, value, headers."""

_NO_HEADERS: Final[list[tuple[str, bytes]]] = []


@dataclass(slots=True)
class Queue:
    """Records of one topic and partition that have been read and not yet taken."""

    topic: str
    partition: TopicPartition
    wake: Callable[[], None]
    position: int
    records: deque[Record] = field(default_factory=deque)


class Reader:
    """Reads a lane of topics for the partitions that are ours, into queues of bounded length."""

    def __init__(self, settings: KafkaSettings, records_max: int) -> None:
        """Read on for a queue while it holds fewer than `records_max`; so it holds less than twice as many."""
        self._records_max = records_max
        self._consumer = settings.consumer(
            fetch_max_wait_ms=READ_WAIT_MILLISECONDS,
            max_partition_fetch_bytes=1_048_576,
            max_poll_records=min(POLL_RECORDS_MAX, records_max),
        )
        self._queues: dict[TopicPartition, Queue] = {}
        self._room = asyncio.Event()
        self._changed = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and begin to read; nothing is read until queues are added."""
        await self._consumer.start()
        # Private to aiokafka, as above.
        self._consumer._fetcher._prefetch_backoff = PREFETCH_WAIT_SECONDS  # noqa: SLF001
        self._task = asyncio.create_task(self._read(), name="reader")

    async def stop(self) -> None:
        """Stop reading and disconnect."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()

    @property
    def task(self) -> "asyncio.Task[None]":
        """The reading, to be watched: it ends only by an error."""
        if self._task is None:
            message = "the reader was not started"
            raise RuntimeError(message)
        return self._task

    def add(self, queues: Iterable[Queue]) -> None:
        """Begin to fill queues, from their positions."""
        self._queues.update({queue.partition: queue for queue in queues})
        self._changed = True
        self._room.set()

    def remove(self, queues: Iterable[Queue]) -> None:
        """Fill queues no longer."""
        for queue in queues:
            if self._queues.get(queue.partition) is queue:
                del self._queues[queue.partition]
        self._changed = True
        self._room.set()

    def make_room(self) -> None:
        """Note that records were taken."""
        self._room.set()

    def position_of(self, queue: Queue) -> int:
        """Give up to where a partition has been read, passed control records and gaps included."""
        if self._changed or queue.partition not in self._consumer.assignment():
            return queue.position
        state = self._consumer._subscription.subscription.assignment.state_value(queue.partition)  # noqa: SLF001
        return int(state.position) if state.has_valid_position else queue.position

    async def _read(self) -> None:
        while True:
            self._room.clear()
            if self._changed:
                self._assign()
            hungry = [tp for tp, queue in self._queues.items() if len(queue.records) < self._records_max]
            if not hungry:
                await self._room.wait()
                continue
            records = await self._consumer.getmany(*hungry, timeout_ms=LOOK_MILLISECONDS)
            if self._changed:
                continue  # the queues are others now, and will be read from their own positions
            for partition, arrived in records.items():
                queue = self._queues[partition]
                queue.records.extend(arrived)
                queue.position = arrived[-1].offset + 1
                queue.wake()

    def _assign(self) -> None:
        self._changed = False
        self._consumer.assign(list(self._queues))
        for partition, queue in self._queues.items():
            self._consumer.seek(partition, queue.position)


class EndsReader:
    """Asks for the ends of partitions, on a client that fetches nothing."""

    def __init__(self, settings: KafkaSettings) -> None:
        """Prepare the client; `start` connects it.

        A client that reads committed records only would be told the end before the first open transaction, and so miss
        whatever was acknowledged behind it.
        """
        self._consumer = settings.consumer(isolation_level="read_uncommitted")

    async def start(self) -> None:
        """Connect."""
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def ends(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Ask for the offset after the last acknowledged record of each partition, committed or still open."""
        ends: Mapping[TopicPartition, int] = await self._consumer._fetcher.end_offsets(  # noqa: SLF001
            list(partitions), 30_000
        )
        return ends


class KafkaPartitionLog:
    """One partition's view of Kafka: its queues, and its transactional producer."""

    def __init__(  # noqa: PLR0913 - the parts that make it up
        self,
        settings: KafkaSettings,
        changelog: str,
        partition: int,
        producer: AIOKafkaProducer,
        readers: Mapping[str, Reader],
        positions: Mapping[str, int],
        ends_reader: EndsReader,
    ) -> None:
        """Go on from given positions, by topic; `readers` says which reader fills which topic's queue."""
        self._settings = settings
        self._changelog = TopicPartition(settings.topic(changelog), partition)
        self._producer = producer
        self._readers = readers
        self._ends_reader = ends_reader
        self._arrived = asyncio.Event()
        self._partitions_of: dict[str, int] = {}
        self._changelog_position = 0
        self._is_begun = False
        self._usual: list[TopicPartition] = []
        self.queues = {
            topic: Queue(topic, TopicPartition(settings.topic(topic), partition), self.wake, position)
            for topic, position in positions.items()
        }

    def wake(self) -> None:
        """Note that something has arrived."""
        self._arrived.set()

    def take(self, topic: str, limit: int) -> Sequence[Record]:
        """Take records that have arrived, in order, without waiting."""
        records = self.queues[topic].records
        if not records:
            return ()
        if len(records) <= limit:
            taken = list(records)
            records.clear()
        else:
            taken = [records.popleft() for _ in range(limit)]
        self._readers[topic].make_room()
        return taken

    def has_arrived(self, topic: str) -> bool:
        """Tell whether there is anything to take."""
        return bool(self.queues[topic].records)

    async def position(self, topic: str) -> int:
        """Give the next offset to be taken; control records and gaps that were passed count."""
        queue = self.queues[topic]
        if queue.records:
            return int(queue.records[0].offset)
        return self._readers[topic].position_of(queue)

    async def ends(self, topics: Sequence[str]) -> Mapping[str, int]:
        """Ask for the ends of topics now."""
        partitions = {self.queues[topic].partition: topic for topic in topics}
        ends = await self._ends_reader.ends(list(partitions))
        return {topic: ends[partition] for partition, topic in partitions.items()}

    async def wait(self, timeout_seconds: float) -> None:
        """Wait until something arrives or the time is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), timeout_seconds)
        self._arrived.clear()

    async def prepare(self) -> None:
        """Begin the next transaction and announce the partitions that the last one wrote to.

        The coordinator is told while the barrier is asked for, so one round trip runs beside another, not after it.
        Private to aiokafka.
        """
        with self._fencing_told():
            await self._begin()
            for partition in self._usual:
                self._producer._txn_manager.maybe_add_partition_to_txn(partition)  # noqa: SLF001

    @contextlib.contextmanager
    def _fencing_told(self) -> Iterator[None]:
        """Tell fencing as what it is: a producer that learns of it in between says only that it is in no transaction.

        :raises ProducerFenced: another owner has taken the partition over
        """
        try:
            yield
        except (IllegalOperation, AssertionError) as error:
            if self._producer._txn_manager.is_fatal_error():  # noqa: SLF001
                raise ProducerFenced from error
            raise

    async def _begin(self) -> None:
        if not self._is_begun:
            await self._producer.begin_transaction()
            self._is_begun = True

    async def commit(self, outputs: Sequence[Output], changelog: Sequence[tuple[bytes, bytes | None]]) -> int:
        """Write outputs and changelog in one transaction; gives the changelog's next offset.

        :raises ProducerFenced: another owner has taken the partition over
        """
        with self._fencing_told():
            return await self._commit(outputs, changelog)

    async def _commit(self, outputs: Sequence[Output], changelog: Sequence[tuple[bytes, bytes | None]]) -> int:
        producer = self._producer
        await self._begin()
        by_partition = await self._by_partition(outputs)
        for partition, records in by_partition.items():
            await self._send(partition, records)
        written = (
            [await self._send(self._changelog, [(key, value, _NO_HEADERS) for key, value in changelog])]
            if changelog
            else []
        )
        async with asyncio.timeout(COMMIT_SECONDS_MAX):
            await producer.commit_transaction()
        self._is_begun = False
        self._usual = [self._changelog, *(each for each in by_partition if each.partition == self._changelog.partition)]
        for last_batch, count in written:
            self._changelog_position = (await last_batch).offset + count
        return self._changelog_position

    def set_changelog_position(self, position: int) -> None:
        """Say where the changelog ends, before anything is written to it from here."""
        self._changelog_position = position

    async def _by_partition(self, outputs: Sequence[Output]) -> Mapping[TopicPartition, list[_Written]]:
        placed: dict[tuple[str, int], list[_Written]] = {}
        for output in outputs:
            number = output.partition
            if number is None:
                number = partition_of(output.key, await self._partitions(output.topic))
            records = placed.get((output.topic, number))
            if records is None:
                records = placed[output.topic, number] = []
            records.append((output.key, output.value, list(output.headers)))
        return {TopicPartition(self._settings.topic(topic), number): r for (topic, number), r in placed.items()}

    async def _partitions(self, topic: str) -> int:
        if topic not in self._partitions_of:
            self._partitions_of[topic] = len(await self._producer.partitions_for(self._settings.topic(topic)))
        return self._partitions_of[topic]

    async def _send(self, partition: TopicPartition, records: Sequence[_Written]) -> tuple["asyncio.Future[Any]", int]:
        """Hand records to the producer in as few batches as hold them; gives the last one's future and its count."""
        producer = self._producer
        written = 0
        while True:
            batch = producer.create_batch()
            appended = _fill(batch, records[written:] if written else records)
            batch.close()
            future = await producer.send_batch(batch, partition.topic, partition=partition.partition)
            future.add_done_callback(_note_failure)
            written += appended
            if written >= len(records):
                return future, appended


def _fill(batch: BatchBuilder, records: Iterable[_Written]) -> int:
    """Write as many records as a batch holds; gives their number.

    Past the batch's own `append`, which takes a third of the time (0.42 us a record, 0.28 without it, 2026-11-24).
    Private to aiokafka.
    """
    append = batch._builder.append  # noqa: SLF001
    count = 0
    for key, value, headers in records:
        if append(count, None, key, value, headers) is None:
            break
        count += 1
    batch._relative_offset = count  # noqa: SLF001
    return count


def _note_failure(future: "asyncio.Future[Any]") -> None:
    """Take note of a batch's failure: the commit of its transaction fails too, and that is what is acted on."""
    if not future.cancelled():
        future.exception()
