"""How much of its plan a workspace has used: counts per second and per day, added up over the partitions.

Each partition owns one source of counts, cumulative within its second or day. Sources are merged by maximum and added
up by reading, so a lost, late or repeated report of another partition changes nothing once the next one is in.

Delivery: a partition's own counts lie in its state and are exact; other partitions' counts arrive on
`compliance.signals` and may be some milliseconds old, so a workspace that sends through several workers at once can
exceed its limit by what they let pass in that time (at most a quarter of the limit, see `REPORTS_PER_SECOND`).
"""

from msgspec import Struct

SECOND_MILLISECONDS = 1_000
DAY_MILLISECONDS = 86_400_000

HORIZON_SECONDS = 120
"""How far ahead places in the rate are kept for deferred messages. What does not fit waits this long and asks again,
so a record never holds more than this many counts."""

REPORTS_PER_SECOND = 4
"""Into how many parts of the limit a partition divides its reports to the others."""


class Usage(Struct, frozen=True, array_like=True, gc=False):
    """One partition's counts for one workspace: messages let pass or given a place, by second and by day (UTC)."""

    seconds: tuple[tuple[int, int], ...] = ()
    """(second since 1970, messages), ascending, none older than the second before the newest reading."""
    day: int = 0
    """Day since 1970."""
    day_messages: int = 0


NO_USAGE = Usage()


def add(usage: Usage, at_milliseconds: int, now_milliseconds: int) -> Usage:
    """Count one message in the second and day of `at`; seconds that are over are dropped."""
    second, day = at_milliseconds // SECOND_MILLISECONDS, now_milliseconds // DAY_MILLISECONDS
    current = now_milliseconds // SECOND_MILLISECONDS
    counts = {s: n for s, n in usage.seconds if s >= current}
    counts[second] = counts.get(second, 0) + 1
    messages = usage.day_messages + 1 if day <= usage.day else 1  # a clock that was set back opens no new day
    return Usage(tuple(sorted(counts.items())), max(day, usage.day), messages)


def merge(known: Usage, reported: Usage) -> Usage:
    """Take in a report of the same source: the larger count of each second and day stays."""
    counts = dict(known.seconds)
    for second, messages in reported.seconds:
        if messages > counts.get(second, 0):
            counts[second] = messages
    seconds = tuple(sorted(counts.items()))[-2 * HORIZON_SECONDS :]
    if reported.day == known.day:
        return Usage(seconds, known.day, max(known.day_messages, reported.day_messages))
    newer = reported if reported.day > known.day else known
    return Usage(seconds, newer.day, newer.day_messages)
