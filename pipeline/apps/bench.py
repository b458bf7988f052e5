"""`compliance bench`: what the decision plane costs, each figure beside a floor measured in the same run.

Figures are per CPU second of the worker process (user and system), because machines are shared; wall time stands
beside them. Floors: decoding and encoding alone, and the same engine with a topology that passes records through.
"""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from pipeline.apps.bench_lexicons import made_up_lexicons, made_up_text
from pipeline.apps.bench_reading import costs_of_reading, hostile_costs, made_up_texts
from pipeline.apps.bench_stream import consent_event, outbound_event, recipient, workspace_event
from pipeline.apps.development_broker import DevelopmentBroker
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.apps.packaged import read_party_list, read_policy_file, topics_directory
from pipeline.apps.topics import Installation, create_topics, read_topics
from pipeline.engine.partition import Limits
from pipeline.reading.matcher import compile_lexicons
from pipeline.reading.reader import Reader
from pipeline.testing.memory_host import MemoryHost
from pipeline.testing.memory_log import MemoryLog
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients
from pipeline.wire import decode_outbound_message, encode

PARTITIONS: Final = 4
WORKSPACES: Final = 20
FEW_PATTERNS: Final = 200
MANY_PATTERNS: Final = 5_000
PATTERN_ROUNDS: Final = 3
LATENCY_RATE: Final = 500
"""Messages a second, as in the aims: p50 at most 15 ms, p99 at most 50 ms."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figures:
    """The results, as `--json` prints them."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, value: float | dict[str, float] | None) -> None:
        """Record a figure under a dotted name."""
        *path, last = name.split(".")
        target = self.values
        for part in path:
            target = target.setdefault(part, {})
        target[last] = value


def say(text: str) -> None:
    """Tell a person at a terminal what is going on."""
    if sys.stderr.isatty():
        sys.stderr.write(text + "\n")


# In process: what one message costs without a broker.


def bench_inspect(figures: Figures, messages: int, rounds: int) -> None:
    """Measure judging in process on new recipients, and decoding plus encoding alone."""
    events = [encode(outbound_event(number, WORKSPACES)) for number in range(messages)]
    verdict = asyncio.run(_one_verdict())
    floors, costs = [], []
    for _ in range(rounds):  # in turn, so that another process on the machine slows both
        floors.append(_cpu_seconds(lambda: [(decode_outbound_message(event), encode(verdict)) for event in events]))
        costs.append(asyncio.run(_inspect_all(events, packaged_reader())))
    floor, spent = min(floors), min(costs)
    figures.add("inspect.floor_microseconds", round(floor / messages * 1e6, 2))
    figures.add("inspect.microseconds", round(spent / messages * 1e6, 2))
    figures.add("inspect.microseconds_middle", round(statistics.median(costs) / messages * 1e6, 2))
    figures.add("inspect.messages_per_second_per_core", round(messages / spent))
    figures.add("inspect.floor_ratio", round(spent / floor, 2))


def bench_patterns(figures: Figures, messages: int) -> None:
    """Measure judging in process, every text another one, with few patterns and with many.

    The patterns are compiled before: that takes some 20 s for 5,000.
    """
    events = [
        encode(outbound_event(number, WORKSPACES) | {"content": {"type": "text", "text": made_up_text(number)}})
        for number in range(messages)
    ]
    few, many = (Reader(compile_lexicons(made_up_lexicons(patterns))) for patterns in (FEW_PATTERNS, MANY_PATTERNS))
    spent = {"few": float("inf"), "many": float("inf")}
    for _ in range(PATTERN_ROUNDS):  # in turn, so that another process on the machine slows both
        for name, reader in (("few", few), ("many", many)):
            fresh = reader.with_matcher(reader.matcher)
            spent[name] = min(spent[name], asyncio.run(_inspect_all(events, fresh)))
    figures.add("rules.microseconds_with_200", round(spent["few"] / messages * 1e6, 2))
    figures.add("rules.microseconds_with_5000", round(spent["many"] / messages * 1e6, 2))
    figures.add("rules.cost_ratio_5000_to_200", round(spent["many"] / spent["few"], 2))


def bench_reading(figures: Figures) -> None:
    """Measure what reading a text costs, with the packaged lexicons and model: block by block, and everything."""
    for name, cost in costs_of_reading(made_up_texts()).items():
        figures.add(f"reading.{name.replace(', ', '_').replace('-', '_')}", round(cost, 2))
    figures.add("reading.hostile_milliseconds_max", round(max(hostile_costs().values()), 2))


async def _one_verdict() -> Any:  # noqa: ANN401 - decoded JSON
    log, host = _memory_host(packaged_reader())
    event = outbound_event(0, WORKSPACES)
    log.append(names.OUTBOUND, event["to"].encode(), encode(event))
    await host.run()
    return json.loads(log.all_records(names.VERDICTS)[0].value or b"")


async def _inspect_all(events: Sequence[bytes], reader: Reader) -> float:
    log, host = _memory_host(reader)
    for number in range(len(events)):
        to = recipient(number)
        log.append(names.CONSENT, to.encode(), encode(consent_event(number, to, WORKSPACES)))
    await host.run()
    for number, event in enumerate(events):
        log.append(names.OUTBOUND, recipient(number).encode(), event)
    began = time.process_time()
    await host.run()
    return time.process_time() - began


def _memory_host(reader: Reader) -> tuple[MemoryLog, MemoryHost]:
    log = MemoryLog(partitions=1)
    for number in range(WORKSPACES):
        record = workspace_event(number)
        log.append(names.WORKSPACES, record["workspace_id"].encode(), encode(record))
    topology = Recipients(GlobalFacts(read_policy_file(None), parties=read_party_list(None), reader=reader))
    return log, MemoryHost(log, topology, lambda: 1_795_532_400_000, Limits())


def _cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


# Kafka to Kafka.


@dataclass
class Bed:
    """A broker with fresh topics, and the worker process that is measured."""

    bootstrap_servers: str
    directory: Path
    prefix: str = ""

    def fresh(self, prefix: str) -> "Bed":
        """Give the same broker with topics of another prefix."""
        return Bed(self.bootstrap_servers, self.directory, prefix)

    async def create_topics(self) -> None:
        """Make the topics of this prefix."""
        await create_topics(
            read_topics(topics_directory()), Installation(self.bootstrap_servers, self.prefix, PARTITIONS)
        )

    @asynccontextmanager
    async def worker(self, *, passes_through: bool = False) -> AsyncIterator["subprocess.Popen[bytes]"]:
        """Run a worker, or the same engine that only passes records through."""
        module = "pipeline.apps.bench_passthrough" if passes_through else "pipeline"
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("COMPLIANCE_")},
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "COMPLIANCE_TOPIC_PREFIX": self.prefix,
            "COMPLIANCE_APPLICATION": f"{self.prefix}bench",
            "COMPLIANCE_STATE_DIRECTORY": str(self.directory / f"state-{self.prefix}"),
        }
        log_path = self.directory / f"worker-{self.prefix}log"
        with log_path.open("wb") as log:
            command = [sys.executable, "-m", module, "worker"]
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220
        try:
            while b"ready:" not in log_path.read_bytes():
                if process.poll() is not None:
                    raise click.ClickException("the worker ended:\n" + log_path.read_text()[-2000:])
                await asyncio.sleep(0.05)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, 20)

    @asynccontextmanager
    async def producer(self, **options: Any) -> AsyncIterator[AIOKafkaProducer]:  # noqa: ANN401 - aiokafka's own
        """Connect a producer."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap_servers, **options)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    @asynccontextmanager
    async def verdicts(self) -> AsyncIterator[AIOKafkaConsumer]:
        """Read verdicts as the messaging service does: committed ones only."""
        consumer = AIOKafkaConsumer(
            self.prefix + names.VERDICTS,
            bootstrap_servers=self.bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            check_crcs=False,
        )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


def cpu_seconds_of(pid: int) -> float:
    """Read a process's user and system CPU time (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def bench_throughput(figures: Figures, bed: Bed, messages: int, rounds: int) -> None:
    """Measure a backlog from Kafka to Kafka beside the same engine that passes records through."""
    floors, costs, walls = [], [], {}
    for number in range(rounds):  # in turn, so that another process on the machine slows both
        say(f"consume and produce alone, {number + 1} of {rounds}")
        cpu, walls["floor", cpu] = await _backlog(bed.fresh(f"floor{number}."), messages, passes_through=True)
        floors.append(cpu)
        say(f"Kafka to Kafka, {number + 1} of {rounds}")
        cpu, walls["full", cpu] = await _backlog(bed.fresh(f"full{number}."), messages, passes_through=False)
        costs.append(cpu)
    for name, kind, spent in (("end_to_end.floor_consume_produce", "floor", floors), ("end_to_end", "full", costs)):
        figures.add(f"{name}.messages_per_second_per_core", round(messages / min(spent)))
        figures.add(f"{name}.microseconds", round(min(spent) / messages * 1e6, 1))
        figures.add(f"{name}.microseconds_middle", round(statistics.median(spent) / messages * 1e6, 1))
        figures.add(f"{name}.wall_seconds", round(walls[kind, min(spent)], 1))


async def _backlog(bed: Bed, messages: int, *, passes_through: bool) -> tuple[float, float]:
    """Judge a backlog, every message to a recipient of its own, with consent on record: seconds of CPU, and of wall."""
    await bed.create_topics()
    async with bed.producer(linger_ms=5, max_batch_size=900_000) as producer:
        await _publish_workspaces(producer, bed)
        await _publish(producer, bed.prefix + names.CONSENT, (_consent(number) for number in range(messages)))
        async with bed.worker(passes_through=passes_through) as process:
            if not passes_through:
                await _until_processed(bed, names.CONSENT)
            # The backlog is there when the worker goes on, so that nothing but the broker shares the machine with it.
            process.send_signal(signal.SIGSTOP)
            await _publish(producer, bed.prefix + names.OUTBOUND, (_outbound(number) for number in range(messages)))
            cpu, wall = cpu_seconds_of(process.pid), time.monotonic()
            process.send_signal(signal.SIGCONT)
            await _count_verdicts(bed, messages)
            return cpu_seconds_of(process.pid) - cpu, time.monotonic() - wall


def _consent(number: int) -> tuple[bytes, bytes]:
    to = recipient(number)
    return to.encode(), encode(consent_event(number, to, WORKSPACES))


def _outbound(number: int) -> tuple[bytes, bytes]:
    event = outbound_event(number, WORKSPACES)
    return event["to"].encode(), encode(event)


async def _publish_workspaces(producer: AIOKafkaProducer, bed: Bed) -> None:
    for number in range(WORKSPACES):
        record = workspace_event(number)
        key = record["workspace_id"].encode()
        await producer.send_and_wait(bed.prefix + names.WORKSPACES, encode(record), key=key)


async def _publish(producer: AIOKafkaProducer, topic: str, records: Any) -> None:  # noqa: ANN401 - an iterable
    for key, value in records:
        await producer.send(topic, value, key=key)
    await producer.flush()


async def _until_processed(bed: Bed, topic: str) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bed.bootstrap_servers, group_id=f"{bed.prefix}bench-recipients", enable_auto_commit=False
    )
    await consumer.start()
    partitions = [TopicPartition(bed.prefix + topic, number) for number in range(PARTITIONS)]
    ends = await consumer.end_offsets(partitions)
    while [tp for tp in partitions if (await consumer.committed(tp) or 0) < ends[tp]]:  # noqa: ASYNC110 - Kafka tells not
        await asyncio.sleep(0.2)
    await consumer.stop()


async def _count_verdicts(bed: Bed, wanted: int) -> None:
    async with bed.verdicts() as consumer:
        seen = 0
        while seen < wanted:
            seen += sum(len(records) for records in (await consumer.getmany(timeout_ms=500)).values())
            say(f"  {seen} of {wanted}")


async def bench_latency(figures: Figures, bed: Bed, rate: int, seconds: int, rounds: int) -> None:
    """Measure from produce to read_committed consume at a steady rate: the round with the lowest middle."""
    settled = []
    for number in range(rounds):
        say(f"latency at {rate} messages a second, {number + 1} of {rounds}")
        fresh = bed.fresh(f"latency{number}.")
        await fresh.create_topics()
        async with fresh.producer() as producer, fresh.worker(), fresh.verdicts() as consumer:
            await _publish_workspaces(producer, fresh)
            waited = await _timed(producer, consumer, fresh.prefix + names.OUTBOUND, rate, rate * seconds)
        settled.append(_quantiles(sorted(waited[rate:])))  # the first second warms up
    settled.sort(key=lambda quantiles: quantiles["p50"])
    figures.add("end_to_end.latency_ms", settled[0])
    figures.add("end_to_end.latency_ms_middle", settled[len(settled) // 2])
    figures.add("end_to_end.latency_rate", rate)


async def bench_priority(figures: Figures, bed: Bed, bulk: int) -> None:
    """Measure codes in the priority lane while bulk messages are queued on the same partitions."""
    await bed.create_topics()
    async with bed.producer(linger_ms=5, max_batch_size=900_000) as flood, bed.producer() as producer:
        await _publish_workspaces(producer, bed)
        await _publish(flood, bed.prefix + names.OUTBOUND, (_outbound(1_000_000 + number) for number in range(bulk)))
        async with bed.worker(), bed.verdicts() as consumer:
            waited = await _timed(producer, consumer, bed.prefix + names.OUTBOUND_PRIORITY, 50, 400)
            waited = waited[50:]  # the first second warms up
            left = bulk - await _seen(consumer)
    figures.add("end_to_end.priority_latency_ms", _quantiles(sorted(waited)))
    figures.add("end_to_end.bulk_left_when_measured", left)


async def _seen(consumer: AIOKafkaConsumer) -> int:
    return sum([await consumer.position(partition) for partition in consumer.assignment()])


async def _timed(
    producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, topic: str, rate: int, messages: int
) -> list[float]:
    """Produce at a rate and time each message's way to its verdict, in milliseconds."""
    sent: dict[bytes, float] = {}  # by recipient: each gets one message, so verdicts need not be decoded here
    waited: list[float] = []

    async def receive() -> None:
        while len(waited) < messages:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                now = time.monotonic()
                waited.extend((now - sent[record.key]) * 1000 for record in records if record.key in sent)

    receiving = asyncio.create_task(receive())
    began = time.monotonic()
    for number in range(messages):
        pause = began + number / rate - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        event = outbound_event(number, WORKSPACES)
        key = event["to"].encode()
        sent[key] = time.monotonic()
        await producer.send(topic, encode(event), key=key)
    await asyncio.wait_for(receiving, 60)
    return waited


def _quantiles(ordered: Sequence[float]) -> dict[str, float]:
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))
    }


async def _bench_kafka(figures: Figures, bed: Bed, messages: int, bulk: int, rounds: int) -> None:
    await bench_throughput(figures, bed, messages, rounds)
    await bench_latency(figures, bed, LATENCY_RATE, 12, rounds)
    say("the priority lane under a flood")
    await bench_priority(figures, bed.fresh("priority."), bulk)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.option("--messages", default=100_000, show_default=True, help="Messages per throughput figure.")
@click.option("--bulk", default=200_000, show_default=True, help="Bulk messages queued while codes are timed.")
@click.option("--rounds", default=3, show_default=True, help="How often to measure; the quickest is printed.")
@click.option("--in-process", is_flag=True, help="Only what needs no broker.")
def bench(messages: int, bulk: int, rounds: int, *, as_json: bool, in_process: bool) -> None:
    """Measure what a message costs, beside a floor measured in the same run.

    `inspect`: judging in process. `end_to_end`: Kafka to Kafka with state, evidence and durable offsets, per CPU second
    of the worker. `floor`: decoding and encoding alone; consuming and producing alone. Of several rounds the quickest
    is printed, because other work on the machine only ever adds; `middle` is the middle one. Run it on a quiet machine.
    """
    figures = Figures()
    say("judging in process")
    bench_inspect(figures, min(messages, 50_000), rounds)
    say("few and many patterns")
    bench_patterns(figures, min(messages, 10_000))
    say("reading, block by block")
    bench_reading(figures)
    if not in_process:
        with tempfile.TemporaryDirectory(prefix="compliance-bench-") as directory:
            given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
            if given:
                asyncio.run(_bench_kafka(figures, Bed(given, Path(directory)), messages, bulk, rounds))
            else:
                with DevelopmentBroker(Path(directory) / "kafka", heap_megabytes=1024) as broker:
                    bed = Bed(broker.bootstrap_servers, Path(directory))
                    asyncio.run(_bench_kafka(figures, bed, messages, bulk, rounds))
    if as_json:
        click.echo(json.dumps(figures.values, indent=2))
    else:
        for name, value in _flat("", figures.values):
            click.echo(f"{name:60s} {value}")


def _flat(prefix: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in values.items():
        rows += _flat(f"{prefix}{name}.", value) if isinstance(value, dict) else [(prefix + name, value)]
    return rows
