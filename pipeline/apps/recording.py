"""A recording of what a worker judged, and judging it again: the same verdicts, byte for byte.

The pages of evidence say, transaction by transaction, which records were taken and which global facts were known; the
records themselves still lie on their topics. `record` puts both into JSON Lines, `judge_again` runs them through the
same topology with the recorded clock. Lines: a record is `{"topic", "partition", "offset", "key", "value"}` with key
and value as text where they are UTF-8, else base64 under `value_base64`; a transaction ends with `{"transaction"}`.

A recording over several workers that share a workspace's rate can differ where the limit was reached, as each worker
knew of the others' counts some milliseconds later.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import IO, Any, Protocol

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.apps.lexicon_store import packaged_reader, pattern_key
from pipeline.apps.settings import Environment, kafka_settings
from pipeline.domain.instants import from_text
from pipeline.domain.policies import Policy
from pipeline.domain.sanctions import PartyList
from pipeline.engine.topology import Event
from pipeline.reading.reader import Reader as ContentReader
from pipeline.testing.memory_host import MemoryHost
from pipeline.testing.memory_log import MemoryLog, MemoryRecord
from pipeline.topologies import names
from pipeline.topologies.evidence_pages import EvidencePage
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients

RECORDED_OUTPUTS = (names.FORWARDED, names.SIGNALS, names.CONSENT)
"""Topics that the topology writes and reads again: in a recording they come as they came to the worker."""


class RecordedRecord(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One record as it lay on its topic."""

    topic: str
    partition: int
    offset: int
    key: str | None = None
    value: str | None = None
    value_base64: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class RecordedTransaction(msgspec.Struct, kw_only=True):
    """The end of a transaction: which partition did it, when, in which order of its worker's turns, and how far.

    `ends` gives the next offset of each topic taken from; it may lie behind the last record.
    """

    transaction: int
    partition: int
    at: str
    ends: Mapping[str, int]
    owner: int = 0
    """The partition's owner as a counter of patterns (`topologies/watching.py`); 0: it had not counted."""


Line = RecordedRecord | RecordedTransaction


# From Kafka to lines.


class Reader:
    """Reads records of topics by their offsets, each partition once and in order."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str) -> None:
        """Read through a consumer that is assigned to nothing yet."""
        self._consumer = consumer
        self._prefix = prefix
        self._read: dict[tuple[str, int], list[Any]] = {}

    async def records(self, topic: str, partition: int, first: int, end: int) -> Sequence[Any]:
        """Give the records of a range of offsets; ranges of a partition must be asked for in order."""
        if (topic, partition) not in self._read:
            self._read[topic, partition] = await self._fetch(TopicPartition(self._prefix + topic, partition))
        records = self._read[topic, partition]
        return [record for record in records if first <= record.offset < end]

    async def _fetch(self, partition: TopicPartition) -> list[Any]:
        self._consumer.assign([partition])
        await self._consumer.seek_to_beginning(partition)
        end = (await self._consumer.end_offsets([partition]))[partition]
        records: list[Any] = []
        while await self._consumer.position(partition) < end:
            records += (await self._consumer.getmany(timeout_ms=200)).get(partition, [])
        return records


@asynccontextmanager
async def _consumer(bootstrap_servers: str, client: Mapping[str, Any]) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, isolation_level="read_committed", auto_offset_reset="earliest", **client
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def record(bootstrap_servers: str, prefix: str, client: Mapping[str, Any]) -> list[Line]:
    """Make a recording of all that the recipients topology has processed and that is still on its topics."""
    async with _consumer(bootstrap_servers, client) as consumer:
        await consumer.topics()
        await consumer._client._wait_on_metadata(prefix + names.EVIDENCE)  # noqa: SLF001 - no public way to ask
        partitions = len(consumer.partitions_for_topic(prefix + names.EVIDENCE) or ())
        reader = Reader(consumer, prefix)
        pages: list[EvidencePage] = []
        for partition in range(partitions):
            end = (await consumer.end_offsets([TopicPartition(prefix + names.EVIDENCE, partition)])).popitem()[1]
            written = await reader.records(names.EVIDENCE, partition, 0, end)
            pages += [msgspec.json.decode(each.value, type=EvidencePage) for each in written]
        return await lines_of(pages, reader)


class Records(Protocol):
    """Where the records still lie that pages name."""

    async def records(self, topic: str, partition: int, first: int, end: int) -> Sequence[Any]:
        """Give the records of a range of offsets; ranges of a partition are asked for in order."""


async def lines_of(pages: Iterable[EvidencePage], reader: Records) -> list[Line]:
    """Put pages of evidence and the records that they name into lines, in the order of the transactions."""
    lines: list[Line] = []
    known: dict[str, int] = {}
    for page in sorted(pages, key=lambda page: page.sequence):
        lines += await _lines_of(page, reader, known)
    return lines


async def _lines_of(page: EvidencePage, reader: Records, known: dict[str, int]) -> list[Line]:
    lines: list[Line] = []
    for name, end in page.globals.items():
        topic, _, partition = name.rpartition("/")
        records = await reader.records(topic, int(partition), known.get(name, 0), end)
        lines += [_line(topic, each) for each in records]
        known[name] = max(end, known.get(name, 0))
    for topic, (first, end) in page.inputs.items():
        lines += [_line(topic, each) for each in await reader.records(topic, page.partition, first, end)]
    ends = {topic: end for topic, (_, end) in page.inputs.items()}
    lines.append(
        RecordedTransaction(
            transaction=page.sequence, partition=page.partition, at=page.decided_at, ends=ends, owner=page.owner
        )
    )
    return lines


def _line(topic: str, record: Any) -> RecordedRecord:  # noqa: ANN401 - aiokafka's record
    line = RecordedRecord(
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key.decode("utf-8", "surrogateescape") if record.key is not None else None,
        headers=tuple((name, value.decode()) for name, value in record.headers if name.startswith("x-")),
    )
    if record.value is not None:
        try:
            line.value = record.value.decode()
        except UnicodeDecodeError:
            line.value_base64 = base64.b64encode(record.value).decode()
    return line


def encode_lines(lines: Iterable[Line]) -> Iterator[bytes]:
    """Write a recording as JSON Lines."""
    for line in lines:
        yield msgspec.json.encode(line) + b"\n"


def decode_lines(lines: Iterable[bytes]) -> Iterator[Line]:
    """Read a recording.

    :raises msgspec.DecodeError: a line is none of a recording's
    """
    for line in lines:
        if line.startswith(b'{"transaction"'):
            yield msgspec.json.decode(line, type=RecordedTransaction)
        else:
            yield msgspec.json.decode(line, type=RecordedRecord)


# From lines to verdicts.


async def judge_again(
    lines: Iterable[Line],
    policy: Policy,
    partitions: int,
    parties: PartyList | None = None,
    contents: ContentReader | None = None,
) -> list[MemoryRecord]:
    """Judge a recording again; gives the records of the verdict topic, in the order in which they were written.

    :param contents: reads contents as the worker did; the packaged one if none is given
    """
    log = _RecordedLog(partitions)
    clock = _Clock()
    verdicts: list[MemoryRecord] = []
    reader = contents or packaged_reader()
    topology = Recipients(GlobalFacts(policy, parties=parties, reader=reader, pattern_key=pattern_key()))
    host = MemoryHost(log, topology, clock.read)
    log.listen(lambda event: _collect(event, verdicts))
    for line in lines:
        if isinstance(line, RecordedTransaction):
            clock.now_milliseconds = from_text(line.at)
            topology.watches.keep_owner(line.partition, line.owner)
            for topic, end in line.ends.items():
                log.set_end(topic, line.partition, end)
            await host.partitions[line.partition].step()
        else:
            log.append_recorded(line)
    return verdicts


def _collect(event: Event, verdicts: list[MemoryRecord]) -> None:
    if event.topic == names.VERDICTS and isinstance(event.record, MemoryRecord):
        verdicts.append(event.record)


class _Clock:
    """A clock that stands where the recording says."""

    def __init__(self) -> None:
        self.now_milliseconds = 0

    def read(self) -> int:
        return self.now_milliseconds


class _RecordedLog(MemoryLog):
    """A log that takes what the topology writes for itself from the recording, not from the topology."""

    def append_recorded(self, line: RecordedRecord) -> None:
        """Put a recorded record where it stood."""
        key = line.key.encode("utf-8", "surrogateescape") if line.key is not None else None
        value = line.value.encode() if line.value is not None else None
        if line.value_base64 is not None:
            value = base64.b64decode(line.value_base64)
        headers = [(name, text.encode()) for name, text in line.headers]
        super().append(line.topic, key, value, headers, line.partition, line.offset)

    def append(  # noqa: PLR0913 - as in the log
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
        partition: int | None = None,
        offset: int | None = None,
    ) -> MemoryRecord:
        """Write one record, unless its topic comes from the recording."""
        if topic in RECORDED_OUTPUTS:
            return MemoryRecord(partition or 0, -1, key, value, headers)
        return super().append(topic, key, value, headers, partition, offset)


# For the command line.


def print_recording(environment: Environment, out: IO[str]) -> int:
    """Write a recording of an installation; gives the exit code."""
    settings = kafka_settings(environment)
    for line in encode_lines(asyncio.run(record(settings.bootstrap_servers, settings.prefix, settings.client))):
        out.write(line.decode())
    return 0


def print_judged_again(
    lines: Iterable[str], out: IO[str], policy: Policy, partitions: int, parties: PartyList | None = None
) -> int:
    """Judge a recording again and write its verdict records; gives the exit code, 1 when a line is none of its own."""
    try:
        read = list(decode_lines(line.encode() for line in lines))
    except msgspec.DecodeError as error:
        out.write(msgspec.json.encode({"id": None, "error": f"not a recording: {error}"}).decode() + "\n")
        return 1
    for verdict in asyncio.run(judge_again(read, policy, partitions, parties)):
        result = {
            "topic": names.VERDICTS,
            "partition": verdict.partition,
            "value": msgspec.Raw(verdict.value or b"null"),
        }
        out.write(msgspec.json.encode(result).decode() + "\n")
    return 0
