"""What the engine relies on of aiokafka, and what its readers promise: on a real Kafka.

The first part looks at names that aiokafka keeps to itself. When one of these tests fails after an update of aiokafka,
the place named in it must be looked at again before the update is taken.
"""
# ruff: noqa: SLF001 - that is what the first part is about

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import aiokafka.producer.sender
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.producer.sender import AddPartitionsToTxnHandler
from aiokafka.producer.transaction_manager import TransactionManager
from aiokafka.record.default_records import DefaultRecordBatch

from pipeline.apps.development_broker import DevelopmentBroker
from pipeline.engine.kafka import (
    PREFETCH_WAIT_SECONDS,
    EndsReader,
    KafkaSettings,
    Queue,
    Reader,
    _fill,
    quicken_aiokafka,
)
from tests.kafka import GivenBroker

pytestmark = pytest.mark.broker

IN = "in"
PARTITIONS = 2


def nobody() -> None:
    """Wake nobody."""


async def until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait until something has come about."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not in {seconds} s: {what}"
        await asyncio.sleep(0.005)


@pytest.fixture
async def settings(broker: DevelopmentBroker | GivenBroker) -> KafkaSettings:
    """Give a topic of two partitions, under a prefix of its own."""
    made = KafkaSettings(broker.bootstrap_servers, prefix=f"k{uuid4().hex[:8]}.")
    admin = AIOKafkaAdminClient(bootstrap_servers=made.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(made.topic(IN), PARTITIONS, 1)])
    await admin.close()
    return made


@pytest.fixture
async def producer(settings: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    """Connect a plain producer."""
    made = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, linger_ms=2)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def transactional(settings: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    """Connect a transactional producer."""
    made = settings.producer(f"{settings.prefix}owner")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def consumer(settings: KafkaSettings) -> AsyncIterator[AIOKafkaConsumer]:
    """Connect a consumer as the engine makes them, which reads all of the topic."""
    made = settings.consumer([settings.topic(IN)])
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def reader(settings: KafkaSettings) -> AsyncIterator[Reader]:
    """Start a reader whose queues are long enough for anything here."""
    made = Reader(settings, 5_000)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def short_reader(settings: KafkaSettings) -> AsyncIterator[Reader]:
    """Start a reader whose queues are short."""
    made = Reader(settings, SHORT)
    await made.start()
    yield made
    await made.stop()


SHORT = 10


@pytest.fixture
async def ends_reader(settings: KafkaSettings) -> AsyncIterator[EndsReader]:
    """Start one that asks for ends."""
    made = EndsReader(settings)
    await made.start()
    yield made
    await made.stop()


def partition(settings: KafkaSettings, number: int = 0) -> TopicPartition:
    """Name a partition of the topic."""
    return TopicPartition(settings.topic(IN), number)


def queue(settings: KafkaSettings, number: int = 0, position: int = 0, wake: Callable[[], None] = nobody) -> Queue:
    """Make a queue of the topic, to be filled from a position."""
    return Queue(IN, partition(settings, number), wake, position)


async def write(settings: KafkaSettings, producer: AIOKafkaProducer, count: int, number: int = 0) -> None:
    """Write records to a partition, acknowledged; their values are their numbers."""
    sent = [await producer.send(settings.topic(IN), b"%d" % each, key=b"k", partition=number) for each in range(count)]
    await asyncio.gather(*sent)


def offsets(filled: Queue) -> list[int]:
    """List the offsets of the records in a queue."""
    return [record.offset for record in filled.records]


# --- Names that aiokafka keeps to itself ------------------------------------------------------------------------------


def test_aiokafka_takes_its_pause_between_transactions_from_the_constant() -> None:
    """`quicken_aiokafka` sets a constant that aiokafka looks up each time."""
    assert "BACKOFF_OVERRIDE" in AddPartitionsToTxnHandler.handle_response.__code__.co_names


def test_quicken_aiokafka_shortens_its_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The constant is there, and it is 1 ms afterwards."""
    monkeypatch.setattr(aiokafka.producer.sender, "BACKOFF_OVERRIDE", 0.02)  # raises when there is none
    quicken_aiokafka()
    assert aiokafka.producer.sender.BACKOFF_OVERRIDE == 0.001


def test_aiokafka_writes_batches_with_the_builder_that_is_given_records() -> None:
    """A batch filled through its builder counts its records and says what it would have said otherwise."""
    records: list[Any] = [(b"k%d" % number, b"v", [("h", b"1")]) for number in range(3)]
    filled, usual = (BatchBuilder(1_000, 0, is_transactional=1) for _ in range(2))
    for key, value, headers in records:
        usual.append(timestamp=None, key=key, value=value, headers=headers)
    assert _fill(filled, records) == len(records)
    assert filled.record_count() == usual.record_count()
    read = [
        [
            (record.offset, record.key, record.value, record.headers)
            for record in DefaultRecordBatch(bytes(batch._build()))
        ]
        for batch in (filled, usual)
    ]
    assert read[0] == read[1]


@pytest.mark.parametrize("size", [10, 1_000])
def test_fills_a_batch_with_as_many_records_as_it_holds(size: int) -> None:
    """What does not fit is left for the next batch, and the count says so."""
    batch = BatchBuilder(size * 100, 0, is_transactional=1)
    count = _fill(batch, [(b"k", b"v" * size, [])] * 1_000)
    assert 1 <= count < 1_000
    assert batch.record_count() == count


async def test_reader_shortens_what_aiokafka_waits_for_records_to_be_taken(
    monkeypatch: pytest.MonkeyPatch, settings: KafkaSettings
) -> None:
    """A reader sets an attribute that the fetcher has from the start, before its first fetch."""
    made = Reader(settings, SHORT)
    begin = Fetcher.__init__
    had: list[float] = []

    def noted(self: Fetcher, *arguments: object, **options: object) -> None:
        begin(self, *arguments, **options)
        had.append(self._prefetch_backoff)

    monkeypatch.setattr(Fetcher, "__init__", noted)
    await made.start()
    now = made._consumer._fetcher._prefetch_backoff
    await made.stop()
    assert (had, now) == ([0.1], PREFETCH_WAIT_SECONDS)


async def test_aiokafka_waits_for_records_to_be_taken_as_long_as_it_is_told(
    settings: KafkaSettings, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
) -> None:
    """What is set on the fetcher reaches the results that it fetches."""
    consumer._fetcher._prefetch_backoff = 0.0123
    await write(settings, producer, 1)
    fetched: dict[TopicPartition, Any] = consumer._fetcher._records
    await until(lambda: partition(settings) in fetched, "fetched")
    result = fetched[partition(settings)]
    assert (type(result), result._backoff) == (FetchResult, 0.0123)


async def test_aiokafka_shows_how_far_a_partition_was_read(
    settings: KafkaSettings, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
) -> None:
    """The position is there without waiting, and it is the one that aiokafka's own slow way gives."""
    await write(settings, producer, 3)
    while not await consumer.getmany(partition(settings), timeout_ms=200):
        pass
    state = consumer._subscription.subscription.assignment.state_value(partition(settings))
    assert (state.has_valid_position, state.position) == (True, await consumer.position(partition(settings)))


def test_aiokafka_asks_for_ends_within_a_given_time() -> None:
    """`EndsReader` calls this instead of the public method, which waits for metadata of each topic first."""
    assert list(inspect.signature(Fetcher.end_offsets).parameters) == ["self", "partitions", "timeout_ms"]


async def test_aiokafka_waits_for_the_metadata_of_a_topic(settings: KafkaSettings, consumer: AIOKafkaConsumer) -> None:
    """`pipeline/apps/recording.py` calls this to learn how many partitions a topic has."""
    assert isinstance(consumer._client, AIOKafkaClient)
    assert await consumer._client._wait_on_metadata(settings.topic(IN)) == set(range(PARTITIONS))


async def test_aiokafka_announces_partitions_before_records_are_sent(
    settings: KafkaSettings, transactional: AIOKafkaProducer
) -> None:
    """`KafkaPartitionLog.prepare` has the coordinator told of partitions while there is nothing to send yet."""
    manager = transactional._txn_manager
    assert isinstance(manager, TransactionManager)
    async with transactional.transaction():
        manager.maybe_add_partition_to_txn(partition(settings))
        await until(lambda: partition(settings) in manager._txn_partitions, "announced")


# --- Reader -----------------------------------------------------------------------------------------------------------


async def test_gives_the_records_of_each_partition_to_its_queue(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """Two partitions fill two queues, in order."""
    queues = [queue(settings, 0), queue(settings, 1)]
    reader.add(queues)
    await write(settings, producer, 3, 0)
    await write(settings, producer, 2, 1)
    await until(lambda: [len(each.records) for each in queues] == [3, 2], "all records read")
    assert [offsets(each) for each in queues] == [[0, 1, 2], [0, 1]]


async def test_begins_at_the_position_of_a_queue(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """What lies before it is not read."""
    await write(settings, producer, 5)
    filled = queue(settings, position=3)
    reader.add([filled])
    await until(lambda: len(filled.records) == 2, "the rest read")
    assert offsets(filled) == [3, 4]


async def test_wakes_the_owner_of_a_queue_when_records_arrive(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """A partition that waits hears of its records, after they are in its queue."""
    heard: list[int] = []
    filled = queue(settings, wake=lambda: heard.append(len(filled.records)))
    reader.add([filled])
    await write(settings, producer, 1)
    await until(lambda: bool(filled.records), "read")
    assert heard == [1]


async def test_reads_no_further_when_a_queue_is_full(
    settings: KafkaSettings, producer: AIOKafkaProducer, short_reader: Reader
) -> None:
    """A queue that nobody takes from stays below twice what it may hold, however much there is to read."""
    await write(settings, producer, 500)
    filled = queue(settings)
    short_reader.add([filled])
    await until(lambda: len(filled.records) >= SHORT, "filled")
    await asyncio.sleep(0.3)
    assert SHORT <= len(filled.records) < 2 * SHORT


async def test_reads_on_when_there_is_room_again(
    settings: KafkaSettings, producer: AIOKafkaProducer, short_reader: Reader
) -> None:
    """Taking a few at a time, all come, in order and once."""
    await write(settings, producer, 100)
    filled = queue(settings)
    short_reader.add([filled])
    taken: list[int] = []
    while len(taken) < 100:
        await until(lambda: bool(filled.records), f"more than {len(taken)} read")
        taken += [filled.records.popleft().offset for _ in range(min(7, len(filled.records)))]
        short_reader.make_room()
    assert taken == list(range(100))


async def test_reads_other_partitions_when_a_queue_is_full(
    settings: KafkaSettings, producer: AIOKafkaProducer, short_reader: Reader
) -> None:
    """A partition that is busy keeps none of the others waiting."""
    await write(settings, producer, 500, 0)
    full, other = queue(settings, 0), queue(settings, 1)
    short_reader.add([full, other])
    await until(lambda: len(full.records) >= SHORT, "filled")
    await write(settings, producer, 3, 1)
    await until(lambda: bool(other.records), "the other read")
    assert offsets(other)[0] == 0


async def test_position_is_the_queues_own_when_nothing_was_read(settings: KafkaSettings, reader: Reader) -> None:
    """Before the first fetch a partition stands where it goes on from."""
    added = queue(settings, position=7)
    reader.add([added])
    assert reader.position_of(added) == 7


async def test_position_is_the_queues_own_when_its_partition_was_opened_anew(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """How far the owner before had read says nothing about what this one has been given."""
    before, present = queue(settings), queue(settings)
    reader.add([before])
    await write(settings, producer, 3)
    await until(lambda: reader.position_of(before) == 3, "read")
    reader.remove([before])
    reader.add([present])
    assert reader.position_of(present) == 0


@pytest.mark.parametrize("ends", ["committed", "aborted"])
async def test_position_passes_control_records(
    settings: KafkaSettings, transactional: AIOKafkaProducer, reader: Reader, ends: str
) -> None:
    """Kafka ends a transaction with a record that nobody is given; the position gets past it all the same."""
    await transactional.begin_transaction()
    await write(settings, transactional, 2)
    await (transactional.commit_transaction() if ends == "committed" else transactional.abort_transaction())
    filled = queue(settings)
    reader.add([filled])
    await until(lambda: reader.position_of(filled) == 3, "control record passed")
    assert offsets(filled) == ([0, 1] if ends == "committed" else [])


async def test_position_stays_before_a_transaction_that_is_open(
    settings: KafkaSettings, producer: AIOKafkaProducer, transactional: AIOKafkaProducer, reader: Reader
) -> None:
    """What is not committed yet has not been read."""
    await write(settings, producer, 1)
    filled = queue(settings)
    async with transactional.transaction():
        await write(settings, transactional, 2)
        reader.add([filled])
        await until(lambda: bool(filled.records), "read")
        await asyncio.sleep(0.3)
        assert (offsets(filled), reader.position_of(filled)) == ([0], 1)


async def test_position_never_runs_ahead_of_the_queue(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """At no moment does a partition count as read up to an offset whose records are not in the queue yet.

    Looked at between any two steps of the loop: a message judged in such a moment would miss facts.
    """
    filled = queue(settings)
    reader.add([filled])
    writing = asyncio.create_task(write(settings, producer, 2_000))
    while len(filled.records) < 2_000:
        assert reader.position_of(filled) == len(filled.records)
        await asyncio.sleep(0)
    await writing


async def test_loses_and_doubles_nothing_when_other_partitions_come_and_go(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """A partition that stays is read as if nothing had happened to others."""
    staying = queue(settings, 0)
    reader.add([staying])
    writing = asyncio.create_task(write(settings, producer, 3_000, 0))
    while len(staying.records) < 3_000:
        other = queue(settings, 1)
        reader.add([other])
        await asyncio.sleep(0.02)
        reader.remove([other])
        await asyncio.sleep(0.02)
    await writing
    assert offsets(staying) == list(range(3_000))


async def test_loses_and_doubles_nothing_when_a_partition_is_opened_anew(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """A partition that is closed and opened again where it stood, over and over, reads each record once."""
    writing = asyncio.create_task(write(settings, producer, 3_000))
    taken: list[int] = []
    opened = queue(settings)
    reader.add([opened])
    while len(taken) < 3_000:
        await until(lambda: bool(opened.records), f"more than {len(taken)} read")  # noqa: B023 - called at once
        taken += offsets(opened)[:400]
        reader.remove([opened])
        opened = queue(settings, position=taken[-1] + 1)
        reader.add([opened])
    await writing
    assert taken == list(range(3_000))


async def test_fills_no_queue_that_was_removed(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """An owner that is gone is given nothing more, also when the partition was opened anew since."""
    gone, present = queue(settings), queue(settings)
    reader.add([gone])
    reader.remove([gone])
    reader.add([present])
    await write(settings, producer, 1)
    await until(lambda: bool(present.records), "read")
    assert offsets(gone) == []


async def test_keeps_a_queue_when_the_one_before_it_is_removed_late(
    settings: KafkaSettings, producer: AIOKafkaProducer, reader: Reader
) -> None:
    """Closing what was replaced takes nothing from its successor."""
    before, present = queue(settings), queue(settings)
    reader.add([before])
    reader.add([present])
    reader.remove([before])
    await write(settings, producer, 1)
    await until(lambda: bool(present.records), "read")
    assert offsets(present) == [0]


# --- EndsReader -------------------------------------------------------------------------------------------------------


async def test_end_is_the_beginning_when_nothing_was_written(settings: KafkaSettings, ends_reader: EndsReader) -> None:
    """An empty partition ends where it begins."""
    assert await ends_reader.ends([partition(settings)]) == {partition(settings): 0}


async def test_end_counts_a_record_as_soon_as_it_is_acknowledged(
    settings: KafkaSettings, producer: AIOKafkaProducer, ends_reader: EndsReader
) -> None:
    """Asked right after each of many acknowledgements, the end is never behind."""
    ends = []
    for _ in range(30):
        await write(settings, producer, 1)
        ends.append((await ends_reader.ends([partition(settings)]))[partition(settings)])
    assert ends == list(range(1, 31))


async def test_end_counts_the_records_of_a_transaction_that_is_open(
    settings: KafkaSettings, transactional: AIOKafkaProducer, ends_reader: EndsReader
) -> None:
    """A record that was acknowledged and is not committed yet is waited for, not passed over."""
    async with transactional.transaction():
        await write(settings, transactional, 2)
        end = (await ends_reader.ends([partition(settings)]))[partition(settings)]
    assert end == 2


async def test_end_counts_a_record_that_lies_behind_a_transaction_that_is_open(
    settings: KafkaSettings, producer: AIOKafkaProducer, transactional: AIOKafkaProducer, ends_reader: EndsReader
) -> None:
    """What somebody else has open hides nothing that was acknowledged after it: an opt-out, say."""
    async with transactional.transaction():
        await write(settings, transactional, 1)
        await write(settings, producer, 1)
        end = (await ends_reader.ends([partition(settings)]))[partition(settings)]
    assert end == 2


async def test_end_counts_a_commit_as_soon_as_it_is_acknowledged(
    settings: KafkaSettings, transactional: AIOKafkaProducer, ends_reader: EndsReader
) -> None:
    """Kafka shows a commit some milliseconds after it is acknowledged; its records are waited for from the start."""
    behind = []
    for number in range(20):
        async with transactional.transaction():
            await write(settings, transactional, 1)
        end = (await ends_reader.ends([partition(settings)]))[partition(settings)]
        behind += [number] if end < 2 * number + 1 else []
    assert behind == []


async def test_ends_are_told_apart_by_partition(
    settings: KafkaSettings, producer: AIOKafkaProducer, ends_reader: EndsReader
) -> None:
    """One question gives the end of each partition asked for."""
    await write(settings, producer, 2, 0)
    await write(settings, producer, 3, 1)
    first, second = partition(settings, 0), partition(settings, 1)
    assert await ends_reader.ends([first, second]) == {first: 2, second: 3}
