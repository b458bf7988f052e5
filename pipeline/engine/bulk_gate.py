"""How many bulk transactions one worker has under way: few, so that urgent messages are not kept waiting by many.

Measured 2026-11-24 on 2 cores: two keep a core busy (one computes while the other commits); with all partitions at
once, an urgent message waited for the work of every one of them.
"""

from collections import deque
from collections.abc import Callable

SLOTS = 2


class BulkGate:
    """Lets few partitions in at a time, in the order in which they came."""

    def __init__(self, slots: int = SLOTS) -> None:
        """Begin with all slots free."""
        self._free = slots
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()

    def enter(self, number: int, wake: Callable[[], None]) -> bool:
        """Try to get a slot; if there is none, the partition is woken when its turn has come."""
        is_next = not self._waiting or self._waiting[0][0] == number
        if self._free and is_next:
            if self._waiting:
                self._waiting.popleft()
            self._free -= 1
            return True
        if all(waiting != number for waiting, _ in self._waiting):
            self._waiting.append((number, wake))
        return False

    def leave(self) -> None:
        """Give a slot back and wake whoever has waited longest."""
        self._free += 1
        if self._waiting:
            self._waiting[0][1]()

    def forget(self, number: int) -> None:
        """Note that a partition is gone and will not come for its slot."""
        self._waiting = deque(each for each in self._waiting if each[0] != number)
        if self._waiting and self._free:
            self._waiting[0][1]()
