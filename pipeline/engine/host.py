"""Which partitions are ours, and their life: opened when the group gives them, restored, run, closed when taken.

Group membership is one consumer that fetches nothing; the range assignor gives one member the same numbers of all input
topics. Where the inputs go on is in the state; the group's own offsets are written once a second, for those who watch
lag. Ownership is settled by the producer, not by the group: starting a partition's transactional producer
fences whoever still believes to own it, so a paused and resumed worker can't commit (its next commit fails, and its
partition is opened again only once the group has given it anew).

Delivery: opening is the same after a rebalance, a crash, a failed transaction or a broken connection: fence, catch up
from the changelog, go on from the positions in it. What was not committed comes again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalOperation, InvalidProducerEpoch, KafkaError, ProducerFenced

from pipeline.engine.bulk_gate import BulkGate
from pipeline.engine.global_feed import GlobalFeed
from pipeline.engine.kafka import EndsReader, KafkaPartitionLog, KafkaSettings, Reader, quicken_aiokafka
from pipeline.engine.overlay import apply_changelog, input_name, kept_position
from pipeline.engine.partition import Guard, Limits, Partition
from pipeline.engine.stores import DATA_FILE, DamagedStoreError, LmdbStore, destroy_store, open_store
from pipeline.engine.topology import Event, Topology, changelog_of, input_topics

log = logging.getLogger(__name__)

CLOSING_SECONDS_MAX = 5.0
"""How long a worker that was told to stop waits for its transactions. What is cut off comes again."""

ANSWER_SECONDS_MAX = 2.0
"""How long the brokers may take to answer something small before that counts as a failure."""

GLOBALS_WAIT_MILLISECONDS = 50
"""How long a broker holds an empty fetch of global topics. Reading them whole waits for one that is under way."""

PROGRESS_SECONDS = 5.0
"""How often a long restore says how far it is."""

STORE_AGE_SECONDS_MAX = 3 * 86_400
"""After how long a store is not caught up but restored: the changelog forgets after 7 days that a record was deleted
(`delete.retention.ms` in schemas/topics), and a store that never hears of it would keep the record."""

RESTORE_RECORDS = 5_000
"""Changelog records applied to the store at once while restoring."""


class UnavailableError(RuntimeError):
    """The log could not be used for longer than the worker's patience; an operator must look at the brokers."""


@dataclass
class HostSettings:
    """What a host needs besides the log."""

    state_directory: Path
    clock: Callable[[], int]
    limits: Limits = field(default_factory=Limits)
    guard: Guard | None = None
    queue_records_max: int = 2_000


class KafkaHost:
    """Hosts one topology on Kafka until it is told to stop or can't go on."""

    def __init__(self, topology: Topology, settings: KafkaSettings, host: HostSettings) -> None:
        """Prepare; `run` does the work."""
        quicken_aiokafka()
        self._topology = topology
        self._settings = settings
        self._host = host
        self._group = f"{settings.application}-{topology.name}"
        self._feed = GlobalFeed(topology)
        self._ends = EndsReader(settings)
        # Urgent messages and state share a reader; the bulk lane has its own, so that it can't fill their fetches.
        self._urgent = Reader(settings, host.queue_records_max)
        self._bulk = Reader(settings, host.queue_records_max)
        self._gate = BulkGate()
        self._failure: Exception | None = None
        self._generation = 0
        self._has_changed = asyncio.Event()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._is_stopping = False
        self._partitions = 0
        self._running: dict[int, Partition] = {}
        self._are_globals_read = False
        self._wanted: set[int] = set()

    @property
    def name(self) -> str:
        """The topology's name."""
        return self._topology.name

    @property
    def is_stopping(self) -> bool:
        """Whether the host was told to stop."""
        return self._is_stopping

    @property
    def is_ready(self) -> bool:
        """Whether everything that the group gave us is being worked on, and it gave us something."""
        return self._are_globals_read and bool(self._wanted) and self._wanted == set(self._running)

    @property
    def running(self) -> list[int]:
        """The partitions that are being worked on."""
        return sorted(self._running)

    def stop(self) -> None:
        """Finish the transactions that have begun, and end."""
        self._is_stopping = True
        self._has_changed.set()

    async def run(self) -> None:
        """Work until told to stop.

        :raises UnavailableError: the log was out of reach for longer than the patience
        :raises Exception: whatever a topology or guard raises: the worker stops uncommitted
        """
        try:
            await self._run()
        except asyncio.CancelledError:
            # Clients that are stopped while their broker is away can end in a cancellation of their own. It must not
            # hide why they are stopped, or the worker would seem to have ended well.
            if self._failure is not None:
                raise self._failure from None
            raise

    async def _run(self) -> None:
        membership = self._settings.consumer(
            group_id=self._group,
            group_instance_id=f"{self._settings.instance_id}-{self._topology.name}"
            if self._settings.instance_id
            else None,
            session_timeout_ms=self._settings.session_timeout_milliseconds,
            heartbeat_interval_ms=max(100, self._settings.session_timeout_milliseconds // 10),
            partition_assignment_strategy=(RangePartitionAssignor,),  # the same numbers of every topic to one member
        )
        async with contextlib.AsyncExitStack() as stack:
            topics = [self._settings.topic(topic) for topic in input_topics(self._topology)]
            membership.subscribe(topics, listener=_Listener(self, membership))
            parts = (self._ends, self._urgent, self._bulk, membership)
            for part in parts:
                stack.push_async_callback(part.stop)
            # Side by side: each takes some round trips, and a restart should be short.
            globals_task, *_ = await asyncio.gather(self._start_globals(stack), *(part.start() for part in parts))
            self._partitions = len(membership.partitions_for_topic(topics[0]) or ())
            stack.push_async_callback(self._close_all)
            report = asyncio.create_task(self._report_positions(membership), name="positions")
            stack.callback(report.cancel)
            watch = asyncio.create_task(self._watch_brokers(topics[0]), name="watch")
            stack.callback(watch.cancel)
            await self._watch_over(membership, {globals_task, report, watch, self._urgent.task, self._bulk.task})

    # Membership.

    def assigned(self, partitions: set[int]) -> None:
        """Take note of what the group gave us."""
        log.info("%s: partitions %s are ours", self._topology.name, sorted(partitions))
        self._wanted = partitions
        self._generation += 1
        self._has_changed.set()

    async def _watch_over(self, membership: AIOKafkaConsumer, parts: set["asyncio.Task[None]"]) -> None:
        """Manage the partitions, and keep what ends that."""
        try:
            await self._manage(membership, parts)
        except Exception as error:
            self._failure = error
            raise

    async def _manage(self, membership: AIOKafkaConsumer, parts: set["asyncio.Task[None]"]) -> None:
        """Start partitions as the group says, and end when any part of the host ends.

        A partition that is taken from us ends by itself after its transaction; until then it is not started anew.
        """
        while not self._is_stopping:
            self._has_changed.clear()
            for number in self._wanted - set(self._tasks):
                self._tasks[number] = asyncio.create_task(self._serve(number), name=f"{self._topology.name}-{number}")
            changed = asyncio.create_task(self._has_changed.wait())
            watched = {*parts, *self._tasks.values(), changed}
            done, _ = await asyncio.wait(watched, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            for task in done - {changed}:
                self._tasks = {number: served for number, served in self._tasks.items() if served is not task}
                if task.cancelled():  # by a client that was cut off, not by us: it must not look like a quiet end
                    message = (
                        f"{self._topology.name}: {task.get_name()} was cut off; see to the brokers and start again"
                    )
                    raise UnavailableError(message)
                task.result()
            await membership.getmany(timeout_ms=0)  # raises what the group has against us

    async def _close_all(self) -> None:
        """Let every partition finish its transaction, for a bounded time."""
        self._is_stopping = True
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSING_SECONDS_MAX)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # One partition.

    async def _serve(self, number: int) -> None:
        """Open and run a partition as long as it is ours; open it anew when the log fails, with growing pauses."""
        failing_since: float | None = None
        while number in self._wanted and not self._is_stopping:
            began, generation = time.monotonic(), self._generation
            try:
                await self._open_and_run(number)
            except (ProducerFenced, InvalidProducerEpoch):
                log.warning("%s-%d: another worker owns this partition now", self._topology.name, number)
                await self._wait_for_group(number, generation)
            except (KafkaError, IllegalOperation, OSError, TimeoutError) as error:
                if failing_since is None or time.monotonic() - began > self._settings.patience_seconds:
                    failing_since = began
                self._bear_with(f"{self._topology.name}-{number}", failing_since, error)
                await asyncio.sleep(0.5)

    def _bear_with(self, what: str, failing_since: float, error: BaseException) -> None:
        """Say what fails and for how long, and give up when it was longer than the patience.

        :raises UnavailableError: an operator must look at the brokers
        """
        waited = time.monotonic() - failing_since
        patience = self._settings.patience_seconds
        servers = self._settings.bootstrap_servers
        reason = type(error).__name__
        if waited > patience:
            message = (
                f"Kafka at {servers} could not be used for {waited:.0f} s ({what}: {reason}); nothing is half "
                "committed; see to the brokers and start again (COMPLIANCE_PATIENCE_SECONDS waits longer)"
            )
            raise UnavailableError(message) from error
        log.warning("%s: Kafka at %s fails (%s) for %.0f of at most %.0f s", what, servers, reason, waited, patience)

    async def _watch_brokers(self, topic: str) -> None:
        """Ask the brokers for something small every second: the clients below repair themselves and say nothing.

        :raises UnavailableError: they have not answered for longer than the patience
        """
        failing_since: float | None = None
        while True:
            await asyncio.sleep(1)
            asked = time.monotonic()
            try:
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    await self._ends.ends([TopicPartition(topic, 0)])
            except (KafkaError, OSError, TimeoutError) as error:
                failing_since = failing_since or asked
                self._bear_with("watch", failing_since, error)
            else:
                if failing_since is not None:
                    log.info(
                        "Kafka at %s answers again after %.0f s",
                        self._settings.bootstrap_servers,
                        asked - failing_since,
                    )
                failing_since = None

    async def _wait_for_group(self, number: int, generation: int) -> None:
        """Wait until the group has spoken since a partition was opened, so that two workers don't fence each other.

        When it says nothing for a session's length, the partition is ours still: whoever fenced us had not yet heard
        that it was taken from him.
        """
        deadline = time.monotonic() + self._settings.session_timeout_milliseconds / 1000
        while self._generation == generation and number in self._wanted and not self._is_stopping:
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(0.02)

    async def _open_and_run(self, number: int) -> None:
        async with contextlib.AsyncExitStack() as stack:
            producer = self._settings.producer(f"{self._settings.application}-{self._topology.name}-{number}")
            stack.push_async_callback(_stop_quietly, producer)
            await producer.start()
            store = self._open_store(number)
            stack.callback(store.close)
            await self._restore(number, store)
            partition = self._open(number, producer, store, stack)
            self._running[number] = partition
            stack.callback(self._running.pop, number)
            await partition.run(lambda: self._is_stopping or number not in self._wanted)

    def _open_store(self, number: int) -> LmdbStore:
        directory = self._host.state_directory / f"{self._topology.name}-{number}"
        if _age_seconds(directory / DATA_FILE) > STORE_AGE_SECONDS_MAX:
            log.warning("the store in %s is too old to be caught up; it is restored from the changelog", directory)
            destroy_store(directory)
        try:
            return open_store(directory)
        except DamagedStoreError as error:
            log.warning("%s; it is thrown away and restored from the changelog", error)
            destroy_store(directory)
            return open_store(directory)

    def _open(
        self, number: int, producer: AIOKafkaProducer, store: LmdbStore, stack: contextlib.AsyncExitStack
    ) -> Partition:
        topics = input_topics(self._topology)
        positions = {topic: kept_position(store, input_name(topic)) or 0 for topic in topics}
        partition_log = KafkaPartitionLog(
            self._settings,
            changelog_of(self._topology.name),
            number,
            producer,
            {topic: self._reader_of(topic) for topic in topics},
            positions,
            self._ends,
        )
        partition_log.set_changelog_position(store.position)
        for reader in (self._urgent, self._bulk):
            queues = [queue for topic, queue in partition_log.queues.items() if self._reader_of(topic) is reader]
            reader.add(queues)
            stack.callback(reader.remove, queues)
        subscription = self._feed.subscribe(lambda name: kept_position(store, name) or 0, partition_log.wake)
        stack.callback(subscription.close)
        stack.callback(self._gate.forget, number)
        self._topology.opened(number)
        return Partition(
            number=number,
            partitions=self._partitions,
            topology=self._topology,
            log=partition_log,
            store=store,
            globals=subscription,
            clock=self._host.clock,
            gate=self._gate,
            guard=self._host.guard,
            limits=self._host.limits,
            committed=positions,
        )

    def _reader_of(self, topic: str) -> Reader:
        bulk = self._topology.message_topics[1:]
        return self._bulk if topic in bulk else self._urgent

    async def _report_positions(self, membership: AIOKafkaConsumer) -> None:
        """Write to the group, once a second, how far the inputs were processed: lag is watched there."""
        while True:
            await asyncio.sleep(1)
            reached = {
                TopicPartition(self._settings.topic(topic), number): position
                for number, partition in self._running.items()
                for topic, position in partition.committed.items()
            }
            ours = {p: reached[p] for p in reached.keys() & membership.assignment()}
            if not ours:
                continue
            try:
                await membership.commit(ours)
            except KafkaError as error:  # a rebalance, or a broker away: the next second tells it
                log.debug("%s: positions not reported to the group (%s)", self._group, type(error).__name__)

    async def _restore(self, number: int, store: LmdbStore) -> None:
        """Catch up a store from the changelog."""
        partition = TopicPartition(self._settings.topic(changelog_of(self._topology.name)), number)
        end = (await self._ends.ends([partition]))[partition]
        if store.position > end:
            message = (
                f"the changelog {partition.topic}-{partition.partition} ends before the local store: it was recreated"
            )
            raise RuntimeError(message)
        if store.position == end:
            return
        began = time.monotonic()
        begin = store.position
        consumer = self._settings.consumer(max_partition_fetch_bytes=8_388_608, fetch_max_wait_ms=50)
        await consumer.start()
        try:
            consumer.assign([partition])
            consumer.seek(partition, store.position)
            while await consumer.position(partition) < end:
                fetched = await consumer.getmany(timeout_ms=50, max_records=RESTORE_RECORDS)
                records = [(r.key, r.value) for r in fetched.get(partition, ())]
                apply_changelog(store, records, await consumer.position(partition))
                if time.monotonic() - began > PROGRESS_SECONDS:
                    log.info("%s: restoring, at %d of %d", partition.topic, store.position, end)
                    began = time.monotonic()
        finally:
            await consumer.stop()
        log.info("%s-%d: restored %d..%d", partition.topic, number, begin, end)

    # Global topics.

    async def _start_globals(self, stack: contextlib.AsyncExitStack) -> "asyncio.Task[None]":
        """Read the global topics whole, then go on reading them."""
        if not self._topology.global_topics:
            self._are_globals_read = True
            return asyncio.create_task(_never())
        names = {self._settings.topic(topic): topic for topic in self._topology.global_topics}
        consumer = self._settings.consumer(topics=tuple(names), fetch_max_wait_ms=GLOBALS_WAIT_MILLISECONDS)
        stack.push_async_callback(consumer.stop)
        await consumer.start()
        partitions = sorted(consumer.assignment())
        missing = sorted(set(names) - {partition.topic for partition in partitions})
        if missing:
            message = f"topics {', '.join(missing)} do not exist; create them (compliance topics create)"
            raise RuntimeError(message)
        ends = await consumer.end_offsets(partitions)
        while [p for p in partitions if await consumer.position(p) < ends[p]]:
            self._absorb(await consumer.getmany(timeout_ms=50), names)
        self._are_globals_read = True

        async def follow() -> None:
            while True:
                self._absorb(await consumer.getmany(timeout_ms=1_000), names)

        task = asyncio.create_task(follow(), name="globals")
        stack.callback(task.cancel)
        return task

    def _absorb(self, fetched: dict[TopicPartition, list[object]], names: dict[str, str]) -> None:
        for partition, records in fetched.items():
            for record in records:
                self._feed.add(Event(names[partition.topic], record))  # type: ignore[arg-type] # untyped in aiokafka


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # untyped in aiokafka
    """Tells the host what the group gives. Nothing is to be done on revocation: fencing settles who owns what."""

    def __init__(self, host: KafkaHost, membership: object) -> None:
        self._host = host
        self._membership = membership

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Go on working until the group has decided: a partition that stays is not interrupted."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Pass the partitions on; this consumer itself fetches nothing."""
        partitions = list(assigned)
        self._membership.pause(*partitions)  # type: ignore[attr-defined]
        self._host.assigned({partition.partition for partition in partitions})


def _age_seconds(path: Path) -> float:
    """Say how long ago a file was last written; 0 when there is none."""
    return time.time() - path.stat().st_mtime if path.exists() else 0.0


async def _stop_quietly(producer: AIOKafkaProducer) -> None:
    """Close a producer, also one that is fenced or whose broker is gone."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        await asyncio.wait_for(producer.stop(), 5)


async def _never() -> None:
    await asyncio.Event().wait()


__all__ = ["HostSettings", "KafkaHost", "UnavailableError"]
