"""How much of their limits all subjects have used, over all partitions that this worker knows of.

A subject is a workspace with its plan, counted in messages by days in UTC, or a 10DLC brand, counted in segments by the
carriers' days (`pipeline.topologies.segment_counts`); each has a board of its own.

Counts by workspace and source (a partition), each source merged by maximum; what rules read is their sum, kept up to
date with each count so that reading costs the same however many partitions there are.
"""

import msgspec

from pipeline.rules.facts import RateReading
from pipeline.state.usage import DAY_MILLISECONDS, HORIZON_SECONDS, NO_USAGE, SECOND_MILLISECONDS, Usage, merge

BRAND = "brand"
"""Subject of reports about segments of a brand; those about plans have `workspace`."""

SECONDS_KEPT_MAX = 2 * HORIZON_SECONDS
"""Seconds kept in a sum before those that are over are dropped."""


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """One partition's counts, as told to the other workers on `compliance.signals`."""

    subject: str
    """`workspace` or `brand`."""
    workspace_id: str
    """The workspace, or the brand."""
    source: str
    usage: Usage


class _Counts:
    """Counts by second and for the newest day, which can be added to."""

    __slots__ = ("day", "day_messages", "seconds")

    def __init__(self, usage: Usage) -> None:
        self.seconds = dict(usage.seconds)
        self.day = usage.day
        self.day_messages = usage.day_messages

    def add(self, second: int, day: int, units: int) -> int:
        """Count some units, and give those of the second; a clock that was set back opens no new day."""
        seconds = self.seconds
        in_second = seconds[second] = seconds.get(second, 0) + units
        if day > self.day:
            self.day, self.day_messages = day, 0
        self.day_messages += units
        return in_second

    def drop_before(self, second: int) -> None:
        """Forget seconds that are over."""
        self.seconds = {s: n for s, n in self.seconds.items() if s >= second}

    def usage(self, second: int) -> Usage:
        """Give the counts from a second on."""
        return Usage(tuple(sorted((s, n) for s, n in self.seconds.items() if s >= second)), self.day, self.day_messages)


class _Workspace:
    """One workspace's counts: by source, and their sum."""

    __slots__ = ("restored", "sources", "total")

    def __init__(self) -> None:
        self.sources: dict[str, _Counts] = {}
        self.restored: set[str] = set()
        self.total = _Counts(NO_USAGE)

    def add_up(self) -> None:
        """Work the sum out anew."""
        total = _Counts(NO_USAGE)
        total.day = max((counts.day for counts in self.sources.values()), default=0)
        for counts in self.sources.values():
            for second, messages in counts.seconds.items():
                total.seconds[second] = total.seconds.get(second, 0) + messages
            total.day_messages += counts.day_messages if counts.day == total.day else 0
        self.total = total


class UsageBoard:
    """The counts of all workspaces."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._workspaces: dict[str, _Workspace] = {}

    def knows(self, workspace_id: str, source: str) -> bool:
        """Tell whether a source's counts were restored since it was forgotten; a report alone may lag behind them."""
        workspace = self._workspaces.get(workspace_id)
        return workspace is not None and source in workspace.restored

    def restore(self, workspace_id: str, source: str, usage: Usage) -> None:
        """Set a source's counts to what its partition's state holds: exact, whatever was reported or counted before."""
        workspace = self._workspaces.setdefault(workspace_id, _Workspace())
        workspace.sources[source] = _Counts(usage)
        workspace.restored.add(source)
        workspace.add_up()

    def take(self, workspace_id: str, source: str, usage: Usage) -> None:
        """Take in counts of a source; what is known and what is new are merged by maximum."""
        workspace = self._workspaces.setdefault(workspace_id, _Workspace())
        known = workspace.sources.get(source)
        workspace.sources[source] = _Counts(merge(known.usage(0), usage) if known is not None else usage)
        workspace.add_up()

    def count(
        self, workspace_id: str, source: str, at_milliseconds: int, now_milliseconds: int, units: int = 1
    ) -> tuple[int, int]:
        """Count one message that passes, or that gets a place, in the second of `at`; `units` are its segments.

        Gives how many this source has counted in that second and on that day.
        """
        workspace = self._workspaces.get(workspace_id)
        if workspace is None:
            workspace = self._workspaces[workspace_id] = _Workspace()
        counts = workspace.sources.get(source)
        if counts is None:
            counts = workspace.sources[source] = _Counts(NO_USAGE)
        second, day = at_milliseconds // SECOND_MILLISECONDS, now_milliseconds // DAY_MILLISECONDS
        in_second = counts.add(second, day, units)
        workspace.total.add(second, day, units)
        if len(workspace.total.seconds) > SECONDS_KEPT_MAX:
            for each in (*workspace.sources.values(), workspace.total):
                each.drop_before(now_milliseconds // SECOND_MILLISECONDS)
        return in_second, counts.day_messages

    def usage_of(self, workspace_id: str, source: str, now_milliseconds: int) -> Usage:
        """Give a source's counts from this second on, to be kept and reported."""
        return self._workspaces[workspace_id].sources[source].usage(now_milliseconds // SECOND_MILLISECONDS)

    def forget(self, source: str) -> None:
        """Have a source's counts restored before they are next added to: its partition has just come.

        Until then they stay as they are known, so that other partitions go on counting with them.
        """
        for workspace in self._workspaces.values():
            workspace.restored.discard(source)

    def rates(
        self, workspace_id: str, limits: tuple[int, int], now_milliseconds: int
    ) -> tuple[RateReading, RateReading]:
        """Read the use of this second and of this day (UTC) against their limits, and when the next place is free.

        For the second that is looked for within the horizon; for the day it is when the day is over.
        """
        per_second, per_day = limits
        current = now_milliseconds // SECOND_MILLISECONDS
        workspace = self._workspaces.get(workspace_id)
        counts = workspace.total.seconds if workspace is not None else {}
        in_second = counts.get(current, 0)
        free_milliseconds = 0 if in_second < per_second else _next_second(counts, per_second, current)
        day = now_milliseconds // DAY_MILLISECONDS
        on_day = self.used_on(workspace_id, day)
        return (
            RateReading("second", per_second, in_second, free_milliseconds),
            RateReading("day", per_day, on_day, 0 if on_day < per_day else (day + 1) * DAY_MILLISECONDS),
        )

    def used_on(self, workspace_id: str, day: int) -> int:
        """Give what was counted on a day (since 1970), as far as it is the newest."""
        workspace = self._workspaces.get(workspace_id)
        return workspace.total.day_messages if workspace is not None and workspace.total.day == day else 0


def _next_second(counts: dict[int, int], limit: int, current: int) -> int:
    """Find the next second with a place, within the horizon; in milliseconds since 1970."""
    for second in range(current + 1, current + HORIZON_SECONDS):
        if counts.get(second, 0) < limit:
            return second * SECOND_MILLISECONDS
    return (current + HORIZON_SECONDS) * SECOND_MILLISECONDS
