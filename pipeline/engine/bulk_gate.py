"""How many bulk transactions one worker has under way, and how large: so that urgent messages don't wait behind them.

Two keep a core busy: one computes while the other commits. While urgent messages come in, it is one, and a small one:
an urgent message then waits for at most that one, and not for the work of every partition (measured on 2 cores,
2026-11-24, 200,000 bulk messages queued: without this, the 99th percentile of a code was 185 ms).
"""

import time
from collections import deque
from collections.abc import Callable

SLOTS = 2
SLOTS_BESIDE_URGENT = 1
MESSAGES_BESIDE_URGENT = 100
"""Some 4 ms of work."""

URGENT_SECONDS = 5.0
"""How long after an urgent message the next is expected."""


class BulkGate:
    """Lets few partitions in at a time, in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody inside and nothing urgent."""
        self._inside = 0
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()
        self._urgent_until = 0.0

    def note_urgent(self) -> None:
        """Note that an urgent message came."""
        self._urgent_until = time.monotonic() + URGENT_SECONDS

    @property
    def is_beside_urgent(self) -> bool:
        """Whether urgent messages came lately."""
        return time.monotonic() < self._urgent_until

    def limit(self, messages: int) -> int:
        """Say how many messages a bulk transaction may take, of as many as it would."""
        return min(messages, MESSAGES_BESIDE_URGENT) if self.is_beside_urgent else messages

    def enter(self, number: int, wake: Callable[[], None]) -> bool:
        """Try to go in; if there is no room, the partition is woken when its turn has come."""
        is_next = not self._waiting or self._waiting[0][0] == number
        slots = SLOTS_BESIDE_URGENT if self.is_beside_urgent else SLOTS
        if is_next and self._inside < slots:
            if self._waiting:
                self._waiting.popleft()
            self._inside += 1
            if self._inside < slots:
                self._wake_next()  # after an urgent time one leaves and two have room
            return True
        if all(waiting != number for waiting, _ in self._waiting):
            self._waiting.append((number, wake))
        return False

    def leave(self) -> None:
        """Go out, and wake whoever has waited longest."""
        self._inside -= 1
        self._wake_next()

    def forget(self, number: int) -> None:
        """Note that a partition is gone and will not come for its turn."""
        self._waiting = deque(each for each in self._waiting if each[0] != number)
        self._wake_next()

    def _wake_next(self) -> None:
        if self._waiting:
            self._waiting[0][1]()
