"""How many people all WhatsApp portfolios have reached in 24 hours, over all partitions that this worker knows of.

Counts by portfolio and source (a partition). A source's own state is exact; of other sources the newest report stands.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from pipeline.rules.facts import ReachReading
from pipeline.state.reach import NO_REACH, PART_MILLISECONDS, REACH_MILLISECONDS, Reach, merge, part_of


class ReachReport(msgspec.Struct, frozen=True, kw_only=True):
    """One partition's count, as told to the other workers on `compliance.signals`."""

    subject: str
    portfolio_id: str
    source: str
    reach: Reach


class _Counts:
    """One source's count, which can be changed."""

    __slots__ = ("parts", "recipients", "revision")

    def __init__(self, reach: Reach) -> None:
        self.revision = reach.revision
        self.parts = dict(reach.parts)
        self.recipients = sum(self.parts.values())

    def move(self, at_milliseconds: int, recipients: int) -> None:
        """Add recipients to the part of an hour in which an instant lies, or take them out."""
        part = part_of(at_milliseconds)
        left = self.parts.get(part, 0) + recipients
        if left > 0:
            self.parts[part] = left
        else:
            self.parts.pop(part, None)
        self.recipients = max(0, self.recipients + recipients)

    def reach(self) -> Reach:
        """Give the count as it is kept and reported."""
        return Reach(self.revision, tuple(sorted(self.parts.items())))


_NO_COUNTS: Final[Mapping[str, _Counts]] = {}


class ReachBoard:
    """The counts of all portfolios."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._portfolios: dict[str, dict[str, _Counts]] = {}
        self._restored: set[tuple[str, str]] = set()
        self._leaving: dict[str, tuple[int, int]] = {}
        """By portfolio: of how many recipients it was last asked when they leave, and when they do."""

    def knows(self, portfolio_id: str, source: str) -> bool:
        """Tell whether a source's count was restored since it was forgotten; a report alone may lag behind it."""
        return (portfolio_id, source) in self._restored

    def restore(self, portfolio_id: str, source: str, reach: Reach) -> None:
        """Set a source's count to what its partition's state holds: exact, whatever was reported or counted before."""
        self._portfolios.setdefault(portfolio_id, {})[source] = _Counts(reach)
        self._leaving.pop(portfolio_id, None)
        self._restored.add((portfolio_id, source))

    def forget(self, source: str) -> None:
        """Have a source's counts restored before they are next changed: its partition has just come."""
        self._restored = {each for each in self._restored if each[1] != source}

    def take(self, portfolio_id: str, source: str, reach: Reach) -> None:
        """Take in a report of a source; one that was overtaken changes nothing."""
        sources = self._portfolios.setdefault(portfolio_id, {})
        known = sources[source].reach() if source in sources else NO_REACH
        newest = merge(known, reach)
        if newest is not known:
            sources[source] = _Counts(newest)
            self._leaving.pop(portfolio_id, None)

    def move(self, portfolio_id: str, source: str, at_milliseconds: int, recipients: int) -> None:
        """Add recipients that were reached at an instant, or take them out."""
        self._portfolios[portfolio_id][source].move(at_milliseconds, recipients)
        self._leaving.pop(portfolio_id, None)

    def next_report(self, portfolio_id: str, source: str) -> Reach:
        """Give a source's count under a new number, to be kept and reported."""
        counts = self._portfolios[portfolio_id][source]
        counts.revision += 1
        return counts.reach()

    def reading(self, portfolio_id: str, limit: int, now_milliseconds: int, *, is_in_set: bool) -> ReachReading:
        """Read how much of a limit is used, and when the next place gets free.

        :param is_in_set: whether the recipient takes a place already
        """
        used = 0
        for counts in self._portfolios.get(portfolio_id, _NO_COUNTS).values():
            used += counts.recipients
        if used < limit or is_in_set:
            return ReachReading(limit, used, 0)
        if limit == 0:  # a limit of none: no place ever gets free, so ask again when another day is over
            return ReachReading(limit, used, now_milliseconds + REACH_MILLISECONDS)
        return ReachReading(limit, used, self._next_free(portfolio_id, used - limit + 1))

    def _next_free(self, portfolio_id: str, leaving: int) -> int:
        """Say when so many recipients will have left the set, to the end of the part of an hour in which it happens.

        While a limit is reached every message asks the same, so the answer is kept until a count changes.
        """
        asked = self._leaving.get(portfolio_id)
        if asked is not None and asked[0] == leaving:
            return asked[1]
        parts: dict[int, int] = {}
        for counts in self._portfolios[portfolio_id].values():
            for part, recipients in counts.parts.items():
                parts[part] = parts.get(part, 0) + recipients
        left = leaving
        part = 0
        for part in sorted(parts):
            left -= parts[part]
            if left <= 0:
                break
        free_milliseconds = (part + 1) * PART_MILLISECONDS + REACH_MILLISECONDS
        self._leaving[portfolio_id] = (leaving, free_milliseconds)
        return free_milliseconds
