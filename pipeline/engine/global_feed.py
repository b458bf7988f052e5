"""Global topics: read whole by every worker, absorbed once, and their changes handed to every partition once.

Turns of one worker run one at a time, and what arrives meanwhile is absorbed between two of them, so that all messages
of a turn are judged by the same facts, and a turn can state which.

Delivery: a partition's state holds up to which offset it has answered each topic's changes. After a restart it is
handed the newest record of every key that lies at or after that offset, so no change goes unanswered; one may be
answered twice, to no effect.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from pipeline.engine.topology import Event, Topology

CHANGES_MAX = 50
"""Changes answered in one transaction: each may lead to hundreds of revocations, and a start may bring very many."""


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
        self._lock = asyncio.Lock()
        self._arrived: list[Event] = []
        self._turns = 0
        self.positions: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[int]:
        """Have a turn to oneself; gives its place in the order of this worker's turns."""
        async with self._lock:
            self._absorb_arrived()
            self._turns = max(self._turns + 1, time.time_ns() // 1_000)
            yield self._turns
        self._absorb_arrived()

    def add(self, event: Event) -> None:
        """Take in a record, at once or after the turn that is under way."""
        self._arrived.append(event)
        if not self._lock.locked():
            self._absorb_arrived()

    def _absorb_arrived(self) -> None:
        arrived, self._arrived = self._arrived, []
        for event in arrived:
            self._absorb(event)

    def _absorb(self, event: Event) -> None:
        """Have the topology absorb a record, and tell partitions of it if its topic is noticed."""
        self._topology.absorb(event)
        self.positions[position_name(event).decode()] = event.record.offset + 1
        if not self._topology.notices(event):
            return
        self._sequence += 1
        slot = (event.topic, event.record.key)
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
        subscription = Subscription(self, pending, wake, self._subscriptions.discard)
        self._subscriptions.add(subscription)
        return subscription


def position_name(event: Event) -> bytes:
    """Name the topic and partition that an event came from, as a partition's state keeps positions."""
    return f"{event.topic}/{event.record.partition}".encode()


class Subscription:
    """The changes that one partition has not answered yet; of one key only the newest."""

    def __init__(
        self,
        feed: GlobalFeed,
        pending: Sequence[Change],
        wake: Callable[[], None],
        leave: Callable[["Subscription"], None],
    ) -> None:
        """Begin with what is not answered."""
        self._feed = feed
        self._pending = {(change.event.topic, change.event.record.key): change for change in pending}
        self._wake = wake
        self._leave = leave

    def notify(self, change: Change) -> None:
        """Add a change."""
        self._pending[(change.event.topic, change.event.record.key)] = change
        self._wake()

    def take(self) -> Sequence[Change]:
        """Take changes, the oldest first; there may be more."""
        if not self._pending:
            return ()
        changes = sorted(self._pending.values())
        taken, left = changes[:CHANGES_MAX], changes[CHANGES_MAX:]
        self._pending = {(change.event.topic, change.event.record.key): change for change in left}
        return taken

    @staticmethod
    def answered(changes: Sequence[Change]) -> Mapping[bytes, int]:
        """Say up to which offsets changes are answered, by topic and partition."""
        positions: dict[bytes, int] = {}
        for change in changes:
            name = position_name(change.event)
            positions[name] = max(positions.get(name, 0), change.event.record.offset + 1)
        return positions

    def turn(self) -> "AbstractAsyncContextManager[int]":
        """Have a turn to oneself (see `GlobalFeed.turn`)."""
        return self._feed.turn()

    def positions(self) -> Mapping[str, int]:
        """Give the next offset of the global topics, by topic and partition, as absorbed by now."""
        return dict(self._feed.positions)

    def close(self) -> None:
        """Leave the feed."""
        self._leave(self)
