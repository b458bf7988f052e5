"""The ledger of consent as the commands read and write it: the topics on Kafka, or a file of JSON Lines.

A file holds consent events, or lines `{"topic", "value"}` as `compliance inspect` takes them; then also commands about
people. On Kafka all partitions are read, because what a producer put into the wrong one counts too.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import IO, Final, Protocol

import msgspec

from pipeline.apps.consent_rows import ImportedEvent
from pipeline.apps.settings import Environment, kafka_settings
from pipeline.domain.events import Command
from pipeline.domain.instants import to_text
from pipeline.domain.recipients import recipient_key
from pipeline.state.history import Act
from pipeline.topologies.names import COMMANDS, CONSENT
from pipeline.wire import Undecodable, decode_command, decode_consent_event

LEDGER_TOPICS: Final = (CONSENT, COMMANDS)
SEND_AHEAD: Final = 2_000
"""Records that are sent before their acknowledgement is waited for: some hundred kilobytes."""


class LedgerError(Exception):
    """The ledger can't be read or written; the text says where and what helps whoever runs the command."""


class _Line(msgspec.Struct):
    """A line that names its topic; a recording writes the value as text."""

    topic: str
    value: msgspec.Raw


def subject_of(act: Act) -> str:
    """Name the person that an act is about; empty for a command about a workspace."""
    if isinstance(act.what, Command):
        return recipient_key(act.what.subject.recipient) if act.what.subject.recipient is not None else ""
    return recipient_key(act.what.to)


def acts_in(file: Iterable[str], name: str) -> Iterator[Act]:
    """Read the acts of a file; lines of other topics are passed over.

    :raises LedgerError: a line can't be read; the text names it and never its content
    """
    for number, text in enumerate(file, start=1):
        if not text.strip():
            continue
        try:
            act = _act_in_line(text.strip().encode("utf-8", "surrogatepass"), f"{name}:{number}")
        except (Undecodable, msgspec.DecodeError, UnicodeError, RecursionError) as error:
            reason = str(error) if isinstance(error, Undecodable) else "is no JSON object of a known form"
            message = f"{name}, line {number}: {reason}"
            raise LedgerError(message) from None
        if act is not None:
            yield act


def _act_in_line(line: bytes, source: str) -> Act | None:
    try:
        named = msgspec.json.decode(line, type=_Line)
    except msgspec.ValidationError:
        return Act(decode_consent_event(line), source, 0, line)
    value = bytes(named.value)
    if value[:1] == b'"':
        value = msgspec.json.decode(value, type=str).encode()
    return act_from(named.topic, value, source, 0)


def act_from(topic: str, value: bytes | None, source: str, arrived_milliseconds: int) -> Act | None:
    """Read one record of the ledger; None when it is about no person.

    :raises Undecodable: the workers made a dead letter of it, and it counts for nothing
    """
    if topic == CONSENT:
        return Act(decode_consent_event(value), source, arrived_milliseconds, value or b"")
    if topic == COMMANDS:
        command = decode_command(value)
        is_about_a_person = command.subject.recipient is not None
        return Act(command, source, arrived_milliseconds, value or b"") if is_about_a_person else None
    return None


async def acts_on_kafka(environment: Environment, needles: Sequence[bytes]) -> list[Act]:
    """Read the acts that mention one of some texts (all: none given) from the topics, up to their present end.

    :raises LedgerError: Kafka can't be reached
    """
    try:
        return [act async for act in _acts_on_kafka(environment, needles)]
    except OSError as error:
        raise _unreachable(environment) from error


async def _acts_on_kafka(environment: Environment, needles: Sequence[bytes]) -> AsyncIterator[Act]:
    from aiokafka import TopicPartition
    from aiokafka.errors import KafkaError

    settings = kafka_settings(environment)
    consumer = settings.consumer()
    try:
        await consumer.start()
    except KafkaError as error:
        await consumer.stop()
        raise _unreachable(environment) from error
    try:
        for topic in LEDGER_TOPICS:
            name = settings.topic(topic)
            await consumer._client._wait_on_metadata(name)  # noqa: SLF001 - no public way to ask
            for partition in sorted(consumer.partitions_for_topic(name) or ()):
                place = TopicPartition(name, partition)
                consumer.assign([place])
                await consumer.seek_to_beginning(place)
                end = (await consumer.end_offsets([place]))[place]
                while await consumer.position(place) < end:
                    for record in (await consumer.getmany(timeout_ms=200)).get(place, []):
                        act = _act_in_record(topic, record, needles) if record.offset < end else None
                        if act is not None:
                            yield act
    finally:
        await consumer.stop()


def _act_in_record(topic: str, record: object, needles: Sequence[bytes]) -> Act | None:
    value: bytes | None = record.value  # type: ignore[attr-defined]
    if value is None or (needles and not any(needle in value for needle in needles)):
        return None
    source = f"{topic}/{record.partition}/{record.offset}"  # type: ignore[attr-defined]
    try:
        return act_from(topic, value, source, record.timestamp)  # type: ignore[attr-defined]
    except Undecodable:
        return None


def needles_for(names: Iterable[str]) -> list[bytes]:
    """Give the texts that a record about a person holds: the number, or the business-scoped id."""
    return [name.rpartition(":")[2].encode() for name in names]


def line_of(topic: str, value: bytes) -> str:
    """Write a record as a line of a file, as `compliance inspect` takes it."""
    return msgspec.json.encode({"topic": topic, "value": msgspec.Raw(value)}).decode()


class Writer(Protocol):
    """Where imported events go."""

    async def write(self, imported: ImportedEvent) -> None:
        """Write one event."""

    async def finish(self) -> None:
        """Wait until all that was written is safe."""


class FileWriter:
    """Writes consent events to a file, as lines that `compliance inspect` and `show --file` read."""

    def __init__(self, file: IO[str]) -> None:
        """Write to an open file."""
        self._file = file

    async def write(self, imported: ImportedEvent) -> None:
        """Write one event."""
        self._file.write(
            msgspec.json.encode({"topic": CONSENT, "value": msgspec.Raw(imported.encode())}).decode() + "\n"
        )

    async def finish(self) -> None:
        """Nothing is left to wait for."""


class NothingWriter:
    """Writes nothing, to try what would be written."""

    async def write(self, imported: ImportedEvent) -> None:
        """Take an event and leave it."""

    async def finish(self) -> None:
        """Nothing is left to wait for."""


class KafkaWriter:
    """Writes consent events to `compliance.consent`, keyed by recipient, each acknowledged by all in-sync brokers."""

    def __init__(self, environment: Environment) -> None:
        """Prepare; nothing is sent before `start`."""
        from aiokafka import AIOKafkaProducer

        self._environment = environment
        settings = kafka_settings(environment)
        self._topic = settings.topic(CONSENT)
        # aiokafka's own partitioner is murmur2, as the workers expect it.
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.bootstrap_servers, enable_idempotence=True, linger_ms=5, **settings.client
        )
        self._sent: list[asyncio.Future[object]] = []

    async def start(self) -> None:
        """Connect.

        :raises LedgerError: Kafka can't be reached
        """
        from aiokafka.errors import KafkaError

        try:
            await self._producer.start()
        except (KafkaError, OSError) as error:
            await self._producer.stop()
            raise _unreachable(self._environment) from error

    async def write(self, imported: ImportedEvent) -> None:
        """Send one event; waits for acknowledgements now and then."""
        event = imported.event
        key = recipient_key(event.to).encode()
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_source", b"/compliance/consent-import"),
            ("ce_type", b"consent.changed.v1"),
            ("ce_id", event.consent_event_id.encode()),
            ("ce_time", to_text(Act(event, "").known_milliseconds).encode()),
            ("ce_partitionkey", key),
            ("content-type", b"application/json"),
        ]
        self._sent.append(await self._producer.send(self._topic, imported.encode(), key=key, headers=headers))
        if len(self._sent) >= SEND_AHEAD:
            await self._acknowledged()

    async def finish(self) -> None:
        """Wait until everything is acknowledged, and close.

        :raises LedgerError: something was not acknowledged; the import can be repeated
        """
        try:
            await self._acknowledged()
        finally:
            await self._producer.stop()

    async def _acknowledged(self) -> None:
        from aiokafka.errors import KafkaError

        sent, self._sent = self._sent, []
        try:
            await asyncio.gather(*sent)
        except KafkaError as error:
            message = (
                f"{self._topic} did not take an event ({type(error).__name__}); repeat the import, it doubles nothing"
            )
            raise LedgerError(message) from error


def _unreachable(environment: Environment) -> LedgerError:
    servers = environment.text("KAFKA_BOOTSTRAP_SERVERS")
    return LedgerError(f"no Kafka at {servers}; set KAFKA_BOOTSTRAP_SERVERS, or give --file")
