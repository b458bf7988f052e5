"""Global topics: read whole by every worker, absorbed once, and their changes handed to every partition once.

Delivery: a partition's state holds up to which offset it has answered each topic's changes. After a restart it is
handed the newest record of every key that lies at or after that offset, so no change goes unanswered; one may be
answered twice, to no effect.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipeline.engine.topology import Event, Topology


class Change(NamedTuple):
    """A change of a global topic, with its place in the order in which this worker saw them."""

    sequence: int
    event: Event


class GlobalFeed:
    """The newest record of every key of the noticed topics, in the order of arrival."""

    def __init__(self, topology: Topology) -> None:
        """Begin with nothing read."""
        self._topology = topology
        self._newest: dict[tuple[str, bytes | None], Change] = {}
        self._sequence = 0
        self._subscriptions: set[Subscription] = set()

    def add(self, event: Event) -> None:
        """Take in a record: the topology absorbs it, and partitions are told if its topic is noticed."""
        self._topology.absorb(event)
        if event.topic not in self._topology.noticed_topics:
            return
        self._sequence += 1
        slot = (event.topic, event.record.key)
        self._newest.pop(slot, None)  # so that the order of the dict is the order of arrival
        self._newest[slot] = Change(self._sequence, event)
        for subscription in self._subscriptions:
            subscription.notify(self._newest[slot])

    def subscribe(self, answered: Callable[[bytes], int], wake: Callable[[], None]) -> "Subscription":
        """Begin to tell a partition of changes: first those it has not answered yet.

        :param answered: gives the next offset to answer of a topic's partition, by its name
        :param wake: called when there is something new
        """
        pending = [
            change
            for change in self._newest.values()
            if change.event.record.offset >= answered(position_name(change.event))
        ]
        subscription = Subscription(pending, wake, self._subscriptions.discard)
        self._subscriptions.add(subscription)
        return subscription


def position_name(event: Event) -> bytes:
    """Name the topic and partition that an event came from, as a partition's state keeps positions."""
    return f"{event.topic}/{event.record.partition}".encode()


class Subscription:
    """The changes that one partition has not answered yet; of one key only the newest."""

    def __init__(
        self, pending: Sequence[Change], wake: Callable[[], None], leave: Callable[["Subscription"], None]
    ) -> None:
        """Begin with what is not answered."""
        self._pending = {(change.event.topic, change.event.record.key): change for change in pending}
        self._wake = wake
        self._leave = leave

    def notify(self, change: Change) -> None:
        """Add a change."""
        self._pending[(change.event.topic, change.event.record.key)] = change
        self._wake()

    def take(self) -> Sequence[Change]:
        """Take all changes there are, in order."""
        if not self._pending:
            return ()
        changes = sorted(self._pending.values())
        self._pending.clear()
        return changes

    @staticmethod
    def answered(changes: Sequence[Change]) -> Mapping[bytes, int]:
        """Say up to which offsets changes are answered, by topic and partition."""
        positions: dict[bytes, int] = {}
        for change in changes:
            name = position_name(change.event)
            positions[name] = max(positions.get(name, 0), change.event.record.offset + 1)
        return positions

    def close(self) -> None:
        """Leave the feed."""
        self._leave(self)
