"""How much of their plans all workspaces have used, over all partitions that this worker knows of."""

import msgspec

from pipeline.rules.facts import RateReading
from pipeline.state.usage import DAY_MILLISECONDS, HORIZON_SECONDS, NO_USAGE, SECOND_MILLISECONDS, Usage, add, merge


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """One partition's counts, as told to the other workers on `compliance.signals`."""

    subject: str
    workspace_id: str
    source: str
    usage: Usage


class UsageBoard:
    """Counts by workspace and source, each source merged by maximum, the sources added up by reading."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._sources: dict[str, dict[str, Usage]] = {}

    def own(self, workspace_id: str, source: str) -> Usage | None:
        """Give the counts of one source, or None when none were taken in."""
        return self._sources.get(workspace_id, {}).get(source)

    def take(self, workspace_id: str, source: str, usage: Usage) -> Usage:
        """Take in counts of a source; what is known and what is new are merged by maximum."""
        sources = self._sources.setdefault(workspace_id, {})
        known = sources.get(source)
        sources[source] = merged = usage if known is None else merge(known, usage)
        return merged

    def count(self, workspace_id: str, source: str, at_milliseconds: int, now_milliseconds: int) -> Usage:
        """Count one message that passes, or that gets a place, in the second of `at`."""
        sources = self._sources.setdefault(workspace_id, {})
        sources[source] = counted = add(sources.get(source, NO_USAGE), at_milliseconds, now_milliseconds)
        return counted

    def forget(self, source: str) -> None:
        """Drop a source's counts: its partition was given away or has just come, and its state says what is true."""
        for sources in self._sources.values():
            sources.pop(source, None)

    def per_second(self, workspace_id: str, limit: int, now_milliseconds: int) -> RateReading:
        """Read the use of this second against a limit, and when the next place is free (within the horizon)."""
        current = now_milliseconds // SECOND_MILLISECONDS
        counts: dict[int, int] = {}
        for usage in self._sources.get(workspace_id, {}).values():
            for second, messages in usage.seconds:
                if second >= current:
                    counts[second] = counts.get(second, 0) + messages
        used = counts.get(current, 0)
        if used < limit:
            return RateReading("second", limit, used, 0)
        for second in range(current + 1, current + HORIZON_SECONDS):
            if counts.get(second, 0) < limit:
                return RateReading("second", limit, used, second * SECOND_MILLISECONDS)
        return RateReading("second", limit, used, (current + HORIZON_SECONDS) * SECOND_MILLISECONDS)

    def per_day(self, workspace_id: str, limit: int, now_milliseconds: int) -> RateReading:
        """Read the use of this day (UTC) against a limit; the next place is free when the day is over."""
        day = now_milliseconds // DAY_MILLISECONDS
        sources = self._sources.get(workspace_id, {}).values()
        used = sum(usage.day_messages for usage in sources if usage.day == day)
        return RateReading("day", limit, used, 0 if used < limit else (day + 1) * DAY_MILLISECONDS)
