"""The loop of one partition: fetch, barrier, turn, commit. This is the whole algorithm, over any log.

A transaction takes new messages, asks for the end of the state topics and reads up to it, hands everything to the
topology, and commits outputs, state and positions as one. So an event acknowledged before a message was fetched is
known when the message is judged, and a crash at any point leaves either all of a transaction or nothing. How far the
inputs were processed is part of the state, so it is in the changelog and in the same transaction: that spares two of
five round trips to the broker (docs/decisions/0005-positions-in-the-changelog.md).

Delivery: on a crash before the commit the records come again and are handed on with the state as it was; after it they
don't come again. A store that misses the last transactions catches up from the changelog when the partition is opened.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.engine.bulk_gate import BulkGate
from pipeline.engine.global_feed import Change, Subscription
from pipeline.engine.overlay import Overlay, input_name
from pipeline.engine.partitioner import partition_of, partitions_of
from pipeline.engine.stores import Store
from pipeline.engine.topology import Event, Output, Record, State, Topology, input_topics


class PartitionLog(Protocol):
    """What a partition needs of the log: its share of the input topics, and a place to commit to."""

    def take(self, topic: str, limit: int) -> Sequence[Record]:
        """Take records that have arrived, in order, without waiting."""

    def has_arrived(self, topic: str) -> bool:
        """Tell whether there is anything to take."""

    def wake(self) -> None:
        """End a wait, or the next one."""

    async def position(self, topic: str) -> int:
        """Give the next offset to be taken; control records and compacted gaps that were passed count."""

    async def ends(self, topics: Sequence[str]) -> Mapping[str, int]:
        """Ask for the end of topics now: the offset after the last record that was acknowledged."""

    async def wait(self, timeout_seconds: float) -> None:
        """Wait until something arrives or the time is over."""

    async def prepare(self) -> None:
        """Make ready for a commit that is about to come, if that saves time then."""

    async def commit(self, outputs: Sequence[Output], changelog: Sequence[tuple[bytes, bytes | None]]) -> int:
        """Write outputs and changelog as one, or nothing. Gives the changelog's next offset."""


BARRIER_WAITS_MAX = 5_000
"""Waits at the barrier, some 2 ms each, after which a prepared transaction is ended: brokers abort old ones."""


@dataclass(frozen=True)
class Limits:
    """How much one transaction takes at most.

    The messages of a transaction bound how long an urgent one waits behind others in its partition: 800 at some 40 µs
    are 32 ms of work (fewer while urgent ones come, see `bulk_gate`); half as many cost 5 µs a message more.
    `over` is how many records that are over are removed: more than messages, or they would pile up.
    Work is cut in slices between which the network is served.
    """

    messages: int = 800
    state_events: int = 1_000
    due: int = 200
    over: int = 1_000
    slice_records: int = 40
    idle_seconds: float = 0.5
    barrier_seconds: float = 0.002


@dataclass(slots=True)
class _Step:
    partition: int
    partitions: int
    sequence: int
    now_milliseconds: int
    state: State
    inputs: Mapping[str, tuple[int, int]]
    global_positions: Mapping[str, int]
    positions: Mapping[str, int]
    placed: Mapping[bytes, int]

    def position(self, topic: str) -> int:
        return self.positions[topic]

    def partition_of(self, key: bytes) -> int:
        number = self.placed.get(key)
        return partition_of(key, self.partitions) if number is None else number


class Guard(Protocol):
    """Something that watches what a transaction writes and may object before it is committed."""

    def check(self, records_in: int, outputs: Sequence[Output]) -> None:
        """Raise to stop the worker before the transaction is committed."""


@dataclass(slots=True)
class Work:
    """What a transaction is about to do."""

    changes: Sequence[Change] = ()
    events: Sequence[Event] = ()
    due: Sequence[bytes] = ()
    messages: Sequence[Event] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.changes or self.events or self.due or self.messages)


@dataclass
class Partition:
    """One partition of a topology: its store, its log, and how far it has come."""

    number: int
    partitions: int
    topology: Topology
    log: PartitionLog
    store: Store
    globals: Subscription
    clock: Callable[[], int]
    gate: BulkGate
    guard: Guard | None = None
    limits: Limits = field(default_factory=Limits)
    committed: Mapping[str, int] = field(default_factory=dict)
    """How far each input topic was processed and committed, its next offset."""

    async def run(self, is_stopped: Callable[[], bool]) -> None:
        """Work until told to stop; a transaction that has begun is finished."""
        while not is_stopped():
            if not await self.step():
                await self.log.wait(self._idle_seconds())

    def _idle_seconds(self) -> float:
        due = Overlay(self.store).next_due_milliseconds()
        if due is None:
            return self.limits.idle_seconds
        return min(self.limits.idle_seconds, max(0.0, (due - self.clock()) / 1000))

    async def step(self) -> bool:
        """Do one transaction with what is at hand; tells whether there was anything.

        Of the lanes of messages, all but the first wait for the gate, so that few transactions of theirs are under way
        in one worker, and an urgent message finds its partition idle or nearly done.
        """
        urgent, bulk = self.topology.message_topics[:1], self.topology.message_topics[1:]
        messages = self._take(urgent, self.limits.messages)
        if messages:
            self.gate.note_urgent()
        if not any(self.log.has_arrived(topic) for topic in bulk) or not self.gate.enter(self.number, self.log.wake):
            return await self._step_with(messages)
        try:
            room = self.gate.limit(self.limits.messages) - len(messages)
            return await self._step_with(messages + self._take(bulk, max(0, room)))
        finally:
            self.gate.leave()

    async def _step_with(self, messages: list[Event]) -> bool:
        due = Overlay(self.store).due(self.clock(), self.limits.due)
        ends: Mapping[str, int] = {}
        if messages or due:
            await self.log.prepare()
            ends = await self.log.ends(self.topology.state_topics)
        waits = 0
        while True:
            events = self._take(self.topology.state_topics, self.limits.state_events)
            if await self._has_reached(ends):
                break
            # The messages in hand stay uncommitted until they are handed on themselves.
            if not await self._transact(Work(self.globals.take(), events), self.topology.state_topics):
                await self.log.wait(self.limits.barrier_seconds)
                waits += 1
                if waits % BARRIER_WAITS_MAX == 0:
                    await self.log.commit((), ())  # lest what was prepared grows too old to be committed
        work = Work(self.globals.take(), events, due, messages)
        return await self._tidy() if work.is_empty else await self._transact(work, input_topics(self.topology))

    async def _tidy(self) -> bool:
        """Remove records that are over while there is nothing else to do; tells whether there were any."""
        overlay = Overlay(self.store)
        overlay.remove_over(self.clock(), self.limits.over)
        removed = overlay.changelog({})
        position = await self.log.commit((), removed) if removed else self.store.position
        changes = overlay.store_changes({}, position)
        if changes:
            self.store.apply(changes, position)
        return bool(changes)

    def _take(self, topics: Sequence[str], limit: int) -> list[Event]:
        events: list[Event] = []
        for topic in topics if limit else ():
            events += [Event(topic, record) for record in self.log.take(topic, limit - len(events))]
            if len(events) >= limit:
                break
        return events

    async def _has_reached(self, ends: Mapping[str, int]) -> bool:
        for topic, end in ends.items():
            if await self.log.position(topic) < end:
                return False
        return True

    async def _transact(self, work: Work, topics: Sequence[str]) -> bool:
        """Hand work to the topology and commit what comes of it; tells whether there was any.

        :param topics: those that the work was taken from: how far they were taken is committed with it
        """
        if work.is_empty:
            return False
        positions = {**self.committed, **{topic: await self.log.position(topic) for topic in topics}}
        moved = {t: (self.committed.get(t, 0), p) for t, p in positions.items() if p != self.committed.get(t, 0)}
        async with self.globals.turn() as sequence:
            now_milliseconds = self.clock()
            overlay = Overlay(self.store, now_milliseconds)
            step = _Step(
                partition=self.number,
                partitions=self.partitions,
                sequence=sequence,
                now_milliseconds=now_milliseconds,
                state=overlay,
                inputs=moved,
                global_positions=self.globals.positions(),
                positions=positions,
                placed=partitions_of(self._keys(work), self.partitions),
            )
            outputs = await self._turn(work, step, overlay)
            overlay.remove_over(now_milliseconds, self.limits.over)
        reached = {input_name(topic): position for topic, (_, position) in moved.items()}
        if not reached and not outputs and not overlay.changelog({}):
            return True  # Changes that nothing follows from; they are answered again after a crash, to no effect.
        reached |= self.globals.answered(work.changes)
        if self.guard is not None:
            self.guard.check(len(work.events) + len(work.messages), outputs)
        position = await self.log.commit(outputs, overlay.changelog(reached))
        self.store.apply(overlay.store_changes(reached, position), position)
        self.committed = positions
        return True

    @staticmethod
    def _keys(work: Work) -> Iterator[bytes]:
        """List the keys of the records at hand, which the topology is about to ask for."""
        return (event.record.key for events in (work.events, work.messages) for event in events if event.record.key)

    async def _turn(self, work: Work, step: _Step, overlay: Overlay) -> Sequence[Output]:
        """Let the topology do the work, in slices between which the network is served."""
        turn = self.topology.turn(step)
        done = 0
        for change in work.changes:
            turn.change(change.event)
        for event in work.events:
            turn.event(event)
            done += 1
            if done % self.limits.slice_records == 0:
                await asyncio.sleep(0)
        for key in work.due:
            if overlay.is_due(key, step.now_milliseconds):  # else an event has given it another time in the meantime
                turn.due(key)
                overlay.settle(key)
        for event in work.messages:
            turn.event(event)
            done += 1
            if done % self.limits.slice_records == 0:
                await asyncio.sleep(0)
        return turn.finish()
