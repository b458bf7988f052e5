"""Where the subjects stand that are counted in full: a bounded number, shared fairly among workspaces.

A workspace may have a part of the places at most, and when all are taken the workspace with the most gives one up. So a
workspace that sends a million texts of its own making pushes out its own subjects alone. Which of its subjects goes:
the one that has waited longest and was not touched since it was last passed over (second chance).
"""

from collections.abc import Callable  # noqa: TC003 - see pyproject: types are imported plainly
from typing import Final

from pipeline.domain.alarms import Alarm  # noqa: TC001 - see pyproject: types are imported plainly
from pipeline.patterns.observations import Observation
from pipeline.patterns.windows import Row  # noqa: TC001 - see pyproject: types are imported plainly

Name = str | int
"""A subject's own name, or what stands for it where it comes too often to be worded."""

QUOTA_PARTS: Final = 4
"""A workspace may have a quarter of all places."""
NEVER: Final = 1 << 62
"""A second that does not come."""
_LARGEST_FOR: Final = 256
"""For so many evictions the largest workspace is taken to be the largest still: finding it takes a look at all."""


class Entry:
    """One subject: what is counted of it, and what waits to be counted."""

    __slots__ = (
        "alarms",
        "check_at",
        "check_until",
        "counting",
        "is_grown",
        "is_touched",
        "name",
        "observation",
        "pending",
        "seen",
        "told_at",
        "weighed",
        "workspace",
    )

    def __init__(self, name: Name, observation: Observation, workspace: str, counting: int = 0) -> None:
        """Begin with nothing seen, for the workspace whose message came first."""
        self.name = name
        self.observation = observation
        self.workspace = workspace
        self.pending: list[Row] = []
        self.alarms: tuple[Alarm, ...] = ()
        self.counting = counting
        """Flags of rows that can raise an alarm."""
        self.weighed = 0
        """How many of these were seen."""
        self.check_at = 1
        """With how many of these the alarms are worked out anew."""
        self.check_until = NEVER
        """The second from which on they are worked out anew in any case."""
        self.seen = 0
        self.told_at = 0
        self.is_touched = True
        self.is_grown = False


class Shelf:
    """Entries by name."""

    def __init__(self, places: int) -> None:
        """Take the number of places."""
        self._places = places
        self._quota = max(1, places // QUOTA_PARTS)
        self._entries: dict[Name, Entry] = {}
        self.get: Callable[[Name], Entry | None] = self._entries.get
        """Finds an entry; the dictionary's own, because it is asked four times for each message."""
        self._owned: dict[str, dict[Name, Entry]] = {}
        self._largest = ""
        self._largest_for = 0

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)

    def put(self, entry: Entry) -> Entry | None:
        """Place a new entry; gives the one that had to go for it, if any."""
        gone = None
        if len(self._owned.get(entry.workspace, ())) >= self._quota:
            gone = self._evict_from(entry.workspace)
        elif len(self._entries) >= self._places:
            gone = self._evict_from(self._largest_workspace())
        owned = self._owned.setdefault(entry.workspace, {})
        self._entries[entry.name] = owned[entry.name] = entry
        return gone

    def remove(self, name: Name) -> None:
        """Take an entry away."""
        entry = self._entries.pop(name)
        owned = self._owned[entry.workspace]
        del owned[name]
        if not owned:
            del self._owned[entry.workspace]

    def entries(self) -> tuple[Entry, ...]:
        """List all entries."""
        return tuple(self._entries.values())

    def _evict_from(self, workspace: str) -> Entry:
        owned = self._owned[workspace]
        while True:
            name, entry = next(iter(owned.items()))
            if not entry.is_touched:
                self.remove(name)
                return entry
            entry.is_touched = False
            del owned[name]
            owned[name] = entry

    def _largest_workspace(self) -> str:
        if self._largest_for <= 0 or self._largest not in self._owned:
            self._largest = max(self._owned, key=lambda workspace: len(self._owned[workspace]))
            self._largest_for = _LARGEST_FOR
        self._largest_for -= 1
        return self._largest
