"""Hosts topologies on the memory log: opens partitions, feeds global topics, runs until nothing is left to do."""

from collections.abc import Callable

from pipeline.engine.bulk_gate import BulkGate
from pipeline.engine.global_feed import GlobalFeed
from pipeline.engine.overlay import Overlay, apply_changelog, input_name, kept_position
from pipeline.engine.partition import Limits, Partition
from pipeline.engine.stores import MemoryStore
from pipeline.engine.topology import Event, Topology, changelog_of, input_topics
from pipeline.testing.memory_log import MemoryLog, MemoryPartitionLog


class MemoryHost:
    """One topology with all its partitions, in one process without a broker."""

    def __init__(
        self, log: MemoryLog, topology: Topology, clock: Callable[[], int], limits: Limits | None = None
    ) -> None:
        """Open every partition from its changelog; global topics are read whole first."""
        self._log = log
        self._topology = topology
        self._clock = clock
        self._limits = limits or Limits()
        self._feed = GlobalFeed(topology)
        self._gate = BulkGate()
        for topic in topology.global_topics:
            for record in log.all_records(topic):
                self._feed.add(Event(topic, record))
        log.listen(self._absorb)
        self.partitions = [self.open(number) for number in range(log.partitions)]

    def _absorb(self, event: Event) -> None:
        if event.topic in self._topology.global_topics:
            self._feed.add(event)

    def open(self, number: int) -> Partition:
        """Open a partition: restore its state from the changelog and go on from its committed positions."""
        changelog = changelog_of(self._topology.name)
        store = MemoryStore()
        records = self._log.read(changelog, number)
        apply_changelog(store, [(record.key or b"", record.value) for record in records], len(records))
        self._topology.opened(number)
        positions = {topic: kept_position(store, input_name(topic)) or 0 for topic in input_topics(self._topology)}
        return Partition(
            number=number,
            partitions=self._log.partitions,
            topology=self._topology,
            log=MemoryPartitionLog(self._log, changelog, number, positions),
            store=store,
            globals=self._feed.subscribe(lambda name: kept_position(store, name) or 0, lambda: None),
            clock=self._clock,
            gate=self._gate,
            limits=self._limits,
            committed=positions,
        )

    def reopen(self, number: int) -> None:
        """Throw a partition away as a crash would, and open it anew from what was committed."""
        self.partitions[number].globals.close()
        self.partitions[number] = self.open(number)

    async def run(self) -> bool:
        """Run all partitions until nothing is left to do; tells whether there was anything."""
        worked = False
        while True:
            turns = [await partition.step() for partition in self.partitions]
            if not any(turns):
                return worked
            worked = True

    def next_due_milliseconds(self) -> int | None:
        """Say when the next record of any partition wants attention."""
        times = [Overlay(partition.store).next_due_milliseconds() for partition in self.partitions]
        return min((time for time in times if time is not None), default=None)
