"""What the tests on a real Kafka share: an installation of topics, worker processes, and streams with known answers."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from pipeline.apps.packaged import topics_directory
from pipeline.apps.topics import Installation as Topics
from pipeline.apps.topics import create_topics, read_topics
from pipeline.domain.events import ConsentEvent
from pipeline.domain.instants import from_text
from pipeline.state.choices import Choice, Choices, Kind, choice_from, merge
from pipeline.state.keys import choices_key
from pipeline.state.usage import Usage
from pipeline.topologies import names

PARTITIONS = 4
READY = "ready:"


@dataclass
class Installation:
    """The topics of one test, under a prefix of its own, on a Kafka that several tests share."""

    bootstrap_servers: str
    prefix: str
    directory: Path
    workers: list["Worker"] = field(default_factory=list)

    async def create_topics(self) -> None:
        """Create all topics."""
        topics = read_topics(topics_directory())
        await create_topics(topics, Topics(self.bootstrap_servers, self.prefix, PARTITIONS))

    def worker(self, name: str, *, is_static: bool = True, command: str = "worker", **settings: str) -> "Worker":
        """Prepare a worker process, or one of another command; it is stopped at the end of the test."""
        worker = Worker(self, name, is_static=is_static, command=command, settings=settings)
        self.workers.append(worker)
        return worker

    @contextlib.asynccontextmanager
    async def producer(self, **options: Any) -> AsyncIterator[AIOKafkaProducer]:  # noqa: ANN401 - aiokafka's own
        """Connect a plain producer."""
        options = {"linger_ms": 5, "max_batch_size": 500_000} | options
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap_servers, **options)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def read(self, topic: str) -> list[ConsumerRecord]:
        """Read a topic whole, committed records only, up to its present end."""
        consumer = AIOKafkaConsumer(
            self.prefix + topic,
            bootstrap_servers=self.bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(list(consumer.assignment()))
            records: list[ConsumerRecord] = []
            while [tp for tp, end in ends.items() if await consumer.position(tp) < end]:
                for batch in (await consumer.getmany(timeout_ms=100)).values():
                    records += batch
        finally:
            await consumer.stop()
        return records

    async def read_until(self, topic: str, wanted: int, timeout_seconds: float) -> list[ConsumerRecord]:
        """Read a topic until it holds so many records, or the time is over."""
        consumer = AIOKafkaConsumer(
            self.prefix + topic,
            bootstrap_servers=self.bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        records: list[ConsumerRecord] = []
        deadline = time.monotonic() + timeout_seconds
        try:
            while len(records) < wanted and time.monotonic() < deadline:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    records += batch
        finally:
            await consumer.stop()
        return records

    def close(self) -> None:
        """Kill what still runs."""
        for worker in self.workers:
            worker.kill()


class Worker:
    """One worker process, driven by signals as an operating system or a cluster would."""

    def __init__(
        self, installation: Installation, name: str, *, is_static: bool, command: str, settings: Mapping[str, str]
    ) -> None:
        """Prepare; `start` runs it."""
        self.name = name
        self._command = command
        self.log_path = installation.directory / f"{name}.log"
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("COMPLIANCE_")},
            "KAFKA_BOOTSTRAP_SERVERS": installation.bootstrap_servers,
            "COMPLIANCE_TOPIC_PREFIX": installation.prefix,
            "COMPLIANCE_APPLICATION": installation.prefix + "compliance",
            "COMPLIANCE_STATE_DIRECTORY": str(installation.directory / f"{name}-state"),
            "COMPLIANCE_SESSION_TIMEOUT_MS": "3000",
            **({"COMPLIANCE_INSTANCE": name} if is_static else {}),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._log_begin = 0

    def start(self) -> None:
        """Start the process."""
        self._log_begin = self.log_path.stat().st_size if self.log_path.exists() else 0
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", self._command], env=self._environment, stdout=log, stderr=log
            )

    async def until_ready(self, timeout_seconds: float = 30) -> float:
        """Wait until the worker says that it works on all its partitions; gives the seconds that took."""
        began = time.monotonic()
        while READY not in self.log():
            if not self.is_running or time.monotonic() - began > timeout_seconds:
                message = f"worker {self.name} did not get ready: {self.log()[-2000:]}"
                raise AssertionError(message)
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    def log(self) -> str:
        """Give what the process has logged since its last start."""
        with self.log_path.open("rb") as log:
            log.seek(self._log_begin)
            return log.read().decode()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process, which was started."""
        assert self._process is not None
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self._process is not None and self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill the process at once, also one that is stopped."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def stop(self, timeout_seconds: float = 15) -> int:
        """Ask the process to end and wait for it; gives its exit code."""
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, timeout_seconds)


@dataclass
class Stream:
    """Messages and opt-outs with known answers: who had opted out, acknowledged, before which message was produced."""

    recipients: int
    workspaces: int = 4
    produced: list[str] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    """Messages produced after the opt-out of their recipient was acknowledged."""
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    choices: dict[bytes, Choices] = field(default_factory=dict)
    """What the register must hold in the end, by key: all events of a person merged, as in a calm run."""

    def recipient(self, number: int) -> str:
        """Name a recipient, in the range that the scenarios use."""
        return f"+4479460{number % self.recipients:05d}"

    def workspace(self, number: int) -> str:
        """Name the workspace that writes to a recipient."""
        return f"ws-{number % self.workspaces}"

    async def prepare(self, producer: AIOKafkaProducer, prefix: str) -> None:
        """Publish the workspaces, and consent of every recipient."""
        for number in range(self.workspaces):
            record = workspace_record(f"ws-{number}")
            await producer.send_and_wait(prefix + names.WORKSPACES, encode(record), key=record["workspace_id"].encode())
        for number in range(self.recipients):
            to = self.recipient(number)
            event = consent(f"in-{number}", to, self.workspace(number), "opt_in", "2026-11-04T15:00:00Z")
            self._expect(to, self.workspace(number), choice_from(msgspec.convert(event, ConsentEvent)))
            await producer.send(prefix + names.CONSENT, encode(event), key=to.encode())
        await producer.flush()

    def _expect(self, to: str, workspace_id: str, choice: Choice) -> None:
        key = b"s" + choices_key(to, workspace_id)
        known = self.choices.get(key, Choices(workspace_id=workspace_id))
        self.choices[key] = merge(known, (choice,))

    async def produce(
        self, producer: AIOKafkaProducer, prefix: str, first: int, count: int, opt_out_every: int = 50
    ) -> None:
        """Produce messages; before every so many, one recipient's STOP, acknowledged first."""
        for number in range(first, first + count):
            if number % opt_out_every == opt_out_every - 1:
                await self._opt_out(producer, prefix, number * 7919)
            to, workspace_id = self.recipient(number), self.workspace(number % self.recipients)
            event = message(f"m-{number}", to, workspace_id)
            await producer.send(prefix + names.OUTBOUND, encode(event), key=to.encode())
            self.produced.append(event["message_id"])
            if (to, workspace_id) in self.opted_out:
                self.forbidden.add(event["message_id"])
        await producer.flush()

    async def _opt_out(self, producer: AIOKafkaProducer, prefix: str, number: int) -> None:
        to, workspace_id = self.recipient(number), self.workspace(number % self.recipients)
        event = reply(f"stop-{number}", to, workspace_id, "STOP")
        await producer.send_and_wait(prefix + names.INBOUND, encode(event), key=to.encode())
        self.opted_out.add((to, workspace_id))
        at = from_text(event["received_at"])
        self._expect(
            to, workspace_id, Choice(Kind.WITHDRAWAL, "*", "*", "*", "*", "reply", at, at, event["inbound_id"])
        )


def encode(event: Mapping[str, Any]) -> bytes:
    """Write an event as a producer would."""
    return json.dumps(event).encode()


def workspace_record(workspace_id: str, messages_per_second: int = 1_000_000) -> dict[str, Any]:
    """Make a workspace that may send."""
    return {
        "workspace_id": workspace_id,
        "state": "active",
        "plan": {"messages_per_second": messages_per_second, "messages_per_day": 100_000_000},
        "members": [{"id": "u-1", "role": "member", "state": "active", "scopes": ["*"]}],
        "integrations": [{"id": "key-1", "state": "active", "scopes": ["*"]}],
        "senders": [{"type": "phone_number", "id": "+447700900111"}],
        "privacy_notice_url": "https://sunnybakery.example/privacy",
    }


def message(message_id: str, to: str, workspace_id: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    """Make an honest message."""
    return {
        "message_id": message_id,
        "workspace_id": workspace_id,
        "channel": "sms",
        "to": to,
        "sender": {"type": "phone_number", "id": "+447700900111"},
        "purpose": "utility",
        "content": {"type": "text", "text": "Your order 4471 has been packed and leaves our shop today."},
        "requested_at": "2026-11-24T15:00:00Z",
        "actor": {"type": "integration", "id": "key-1"},
        **changes,
    }


def consent(event_id: str, to: str, workspace_id: str, action: str, at: str) -> dict[str, Any]:
    """Make a consent event of every scope."""
    return {
        "consent_event_id": event_id,
        "workspace_id": workspace_id,
        "to": to,
        "action": action,
        "scope": {"channel": "*", "purpose": "*", "sender": "*", "brand": "*"},
        "basis": "express_written" if action == "opt_in" else None,
        "occurred_at": at,
        "recorded_at": at,
    }


def reply(inbound_id: str, sender: str, workspace_id: str, text: str) -> dict[str, Any]:
    """Make a reply of a recipient, received before now."""
    return {
        "inbound_id": inbound_id,
        "workspace_id": workspace_id,
        "channel": "sms",
        "from": sender,
        "to": "+447700900111",
        "type": "text",
        "text": text,
        "received_at": "2026-11-20T10:00:00Z",
    }


@dataclass(frozen=True)
class Answers:
    """What came out for each message: its verdicts in order, and whether one was revoked."""

    verdicts: Mapping[str, Sequence[Mapping[str, Any]]]
    revoked: frozenset[str]

    @property
    def doubled(self) -> list[str]:
        """Messages with more than one verdict (there are no deferrals in these streams)."""
        return sorted(message_id for message_id, verdicts in self.verdicts.items() if len(verdicts) > 1)

    def outcome(self, message_id: str) -> str:
        """Give the outcome of a message."""
        return str(self.verdicts[message_id][0]["outcome"])


def answers_in(records: Iterable[ConsumerRecord]) -> Answers:
    """Sort the records of the verdict topic by message."""
    verdicts: dict[str, list[Mapping[str, Any]]] = {}
    revoked: set[str] = set()
    for record in records:
        value = json.loads(record.value)
        if "outcome" in value:
            verdicts.setdefault(value["message_id"], []).append(value)
        else:
            revoked.add(value["message_id"])
    return Answers(verdicts, frozenset(revoked))


async def final_state(installation: Installation) -> dict[bytes, bytes]:
    """Read the recipients' state as the changelog holds it: the newest value of each key, as a restore would."""
    state: dict[bytes, bytes] = {}
    for record in await installation.read("compliance.recipients-changelog"):
        if record.value is None:
            state.pop(record.key, None)
        else:
            state[record.key] = record.value
    return state


def choices_in(state: Mapping[bytes, bytes]) -> dict[bytes, Choices]:
    """Pick the recipients' choices out of a state."""
    decode = msgspec.msgpack.Decoder(Choices).decode
    return {key: decode(value[8:]) for key, value in state.items() if key[:2] == b"sc"}


async def messages_counted(installation: Installation) -> int:
    """Add up what all partitions counted as let pass today, from their own exact counts."""
    decode = msgspec.msgpack.Decoder(Usage).decode
    counts: dict[tuple[int, bytes], int] = {}
    for record in await installation.read("compliance.recipients-changelog"):
        if record.key[:2] == b"su" and record.value is not None:
            counts[record.partition, record.key] = decode(record.value[8:]).day_messages
    return sum(counts.values())


async def until_processed(installation: Installation, topic: str, timeout_seconds: float = 60) -> None:
    """Wait until the workers have reported to the group that they processed all of an input topic."""
    group = f"{installation.prefix}compliance-recipients"
    consumer = AIOKafkaConsumer(
        bootstrap_servers=installation.bootstrap_servers, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    partitions = [TopicPartition(installation.prefix + topic, number) for number in range(PARTITIONS)]
    ends = await consumer.end_offsets(partitions)
    deadline = time.monotonic() + timeout_seconds
    try:
        while [tp for tp in partitions if (await consumer.committed(tp) or 0) < ends[tp]]:
            reached = {tp.partition: (await consumer.committed(tp), ends[tp]) for tp in partitions}
            assert time.monotonic() < deadline, f"{topic} was not processed in {timeout_seconds} s: {reached}"
            await asyncio.sleep(0.2)
    finally:
        await consumer.stop()
