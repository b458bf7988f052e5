"""The pattern plane on the memory log: what partitions saw by themselves, it tells of together."""

import pytest

from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import observations, signals
from pipeline.patterns.distinct import hash_of
from pipeline.patterns.observations import Observation
from pipeline.patterns.windows import FOREIGN_LINK, LEAD, MESSAGE, UNKNOWN_CONSENT, Row
from pipeline.testing.memory_log import MemoryLog
from pipeline.testing.memory_plane import MemoryPlane
from pipeline.topologies.names import OBSERVATIONS, SIGNALS

NOW = 20_000 * 86_400
SUSPECT = MESSAGE | UNKNOWN_CONSENT | LEAD | FOREIGN_LINK


def tell(log: MemoryLog, source: str, messages: int) -> None:
    """Write what a partition saw of a suspicious campaign."""
    rows = [
        Row(NOW, SUSPECT, "ws-1", "short_code:1", "integration:k", "", hash_of(f"{source} {number}", b"k"))
        for number in range(messages)
    ]
    told = observations.fold(Observation("campaign/1", source, (), NOW, bytes(range(32))), rows, b"k")
    log.append(OBSERVATIONS, b"campaign/1", observations.encode(told))


def alarms_on(log: MemoryLog) -> list[int | None]:
    """Give the messages that each signal counts, in the order of writing; nothing for a tombstone."""
    return [
        signals.decode(record.value).alarm.counts["messages"] if record.value else None
        for record in log.all_records(SIGNALS)
        if record.key != signals.PLANE_KEY
    ]


def test_adds_up_what_partitions_tell_before_and_after_it_starts() -> None:
    """Three messages in one partition are quiet, five in another growing, and together bulk."""
    log = MemoryLog(2)
    tell(log, "recipients-0@1", 3)
    plane = MemoryPlane(log, Thresholds)
    assert not plane.run(NOW)
    tell(log, "recipients-1@1", 5)
    assert plane.run(NOW)
    assert not plane.run(NOW)
    assert alarms_on(log) == [8]


def test_ends_what_has_decayed_when_the_clock_is_moved() -> None:
    """A signal ends with the time that has passed, without any observation."""
    log = MemoryLog(2)
    plane = MemoryPlane(log, Thresholds)
    tell(log, "recipients-0@1", 8)
    plane.run(NOW)
    plane.tick(NOW + 2 * 86_400)
    assert alarms_on(log) == [8, None]


@pytest.mark.parametrize(("seconds", "beats"), [([0, 0], 1), ([0, 1], 2), ([5, 3], 1)])
def test_says_once_a_second_that_it_works(seconds: list[int], beats: int) -> None:
    """Each second in which the clock moves has one heartbeat."""
    log = MemoryLog(1)
    plane = MemoryPlane(log, Thresholds)
    for second in seconds:
        plane.tick(NOW + second)
    assert len([record for record in log.all_records(SIGNALS) if record.key == signals.PLANE_KEY]) == beats


def test_goes_by_the_thresholds_of_the_policy_in_force() -> None:
    """When thresholds rise, what was bulk by the old ones is told to be over."""
    log = MemoryLog(1)
    thresholds = [Thresholds()]
    plane = MemoryPlane(log, lambda: thresholds[0])
    tell(log, "recipients-0@1", 8)
    plane.run(NOW)
    thresholds[0] = Thresholds(bulk_messages=80)
    plane.tick(NOW + 5)
    assert alarms_on(log) == [8, None]
