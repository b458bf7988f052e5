"""The pattern plane's core: what it tells, when it tells it again, how it ends, and how much it holds."""

import pytest

from pipeline.domain.alarms import Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import observations
from pipeline.patterns.distinct import hash_of
from pipeline.patterns.observations import Observation
from pipeline.patterns.plane import (
    REWRITE_SECONDS,
    SIGNALLED_CHECK_SECONDS,
    VALID_SECONDS,
    Kept,
    Limits,
    Plane,
    decode_kept,
    encode_kept,
)
from pipeline.patterns.signals import Signal, decode
from pipeline.patterns.windows import FOREIGN_LINK, LEAD, MESSAGE, UNKNOWN_CONSENT, Row

DAY = 86_400
START = 20_000 * DAY
SIGNATURE = bytes(range(32))
SUSPECT = MESSAGE | UNKNOWN_CONSENT | LEAD | FOREIGN_LINK


def seen(messages: int, source: str = "p0", key: int = 1, second: int = START) -> Observation:
    """Give what a source saw of a suspicious campaign."""
    rows = [
        Row(second, SUSPECT, "ws-1", "short_code:1", "integration:key-1", "", hash_of(f"{source} {number}", b"k"))
        for number in range(messages)
    ]
    return observations.fold(Observation(f"campaign/{key:x}", source, (), START, SIGNATURE), rows, b"k")


def only_signal(plane: Plane, observation: Observation, now: int = START) -> Signal:
    """Give the one signal that follows from an observation."""
    (note,) = plane.take(observation, now)
    assert note.value is not None
    return decode(note.value)


@pytest.mark.parametrize(("messages", "level"), [(7, Level.GROWING), (8, Level.BULK), (9, Level.BULK)])
def test_tells_a_level_at_its_threshold(messages: int, level: Level) -> None:
    """Eight messages that lead away without consent are bulk; seven are not yet."""
    assert only_signal(Plane(Thresholds()), seen(messages)).alarm.level is level


def test_is_silent_about_what_is_quiet() -> None:
    """What has no level has no signal."""
    assert Plane(Thresholds()).take(seen(3), START) == ()


def test_adds_up_what_partitions_saw() -> None:
    """Two partitions that saw a half each see the whole together."""
    plane = Plane(Thresholds())
    assert only_signal(plane, seen(4, "p0")).alarm.level is Level.GROWING
    signal = only_signal(plane, seen(4, "p1"))
    assert signal.alarm.level is Level.BULK
    assert signal.alarm.counts["messages"] == 8
    assert signal.signature == SIGNATURE


def test_says_nothing_again_while_the_level_stays() -> None:
    """More messages of the same level are no news."""
    plane = Plane(Thresholds())
    only_signal(plane, seen(8))
    assert plane.take(seen(9), START) == ()


@pytest.mark.parametrize(("left", "count"), [(REWRITE_SECONDS + 1, 0), (REWRITE_SECONDS, 1), (REWRITE_SECONDS - 1, 1)])
def test_writes_a_lasting_signal_again_before_it_runs_out(left: int, count: int) -> None:
    """A signal that lasts is written anew when half of its time is over."""
    plane = Plane(Thresholds())
    only_signal(plane, seen(40))
    now = START + VALID_SECONDS - left
    notes = plane.tick(now).notes
    assert len(notes) == count
    assert all(note.value is not None and decode(note.value).until_second == now + VALID_SECONDS for note in notes)


def test_tells_of_the_decay_of_a_level_and_ends_it_with_a_tombstone() -> None:
    """As the day's window empties the level falls, step by step, until the signal ends."""
    plane = Plane(Thresholds())
    only_signal(plane, seen(8))
    levels: list[Level | None] = []
    for now in range(START + DAY, START + 2 * DAY, 600):
        for note in plane.tick(now).notes:
            level = decode(note.value).alarm.level if note.value else None
            if levels[-1:] != [level]:
                levels.append(level)
    assert levels == [Level.BULK, Level.GROWING, None]


def test_looks_at_a_signalled_subject_every_few_seconds() -> None:
    """A level that has ended is told within five seconds."""
    plane = Plane(Thresholds())
    over = START + DAY + DAY // 2 + DAY // 16 + 1
    """From here on less than half of eight messages are left in the window, rounded."""
    only_signal(plane, seen(8), over - 2)
    ended = next(now for now in range(over, over + 100) if plane.tick(now).notes)
    assert ended <= over + SIGNALLED_CHECK_SECONDS


def test_lets_go_of_what_is_over() -> None:
    """A subject that no window holds any more is named as one to be let go."""
    plane = Plane(Thresholds())
    plane.take(seen(1), START)
    assert plane.tick(START + 2 * DAY - 1).subjects == ()
    assert plane.tick(START + 2 * DAY + 600).subjects == ("campaign/1",)
    assert plane.kept("campaign/1") is None
    assert len(plane) == 0


def test_holds_a_bounded_number_of_subjects() -> None:
    """The subject that has waited longest makes room, one without a signal first; a signal that goes is ended."""
    plane = Plane(Thresholds(), Limits(subjects=2))
    plane.take(seen(8, key=1), START)
    plane.take(seen(1, key=2), START)
    plane.take(seen(8, key=3), START)
    ticked = plane.tick(START + 1)
    assert (ticked.notes, ticked.subjects) == ((), ("campaign/2",))
    plane.take(seen(1, key=4), START)
    ticked = plane.tick(START + 2)
    assert [note.value for note in ticked.notes] == [None]
    assert ticked.subjects == ("campaign/1",)
    assert len(plane) == 2


@pytest.mark.parametrize(("sources", "held"), [(2, 2), (3, 3), (4, 3)])
def test_holds_a_bounded_number_of_sources_of_a_subject(sources: int, held: int) -> None:
    """Of too many sources the one with the oldest news goes."""
    plane = Plane(Thresholds(), Limits(sources=3))
    for number in range(sources):
        plane.take(seen(1, f"p{number}", second=START + number * DAY), START + number * DAY // 2)
    names = [observation.source for observation in plane.observations("campaign/1")]
    assert names == [f"p{number}" for number in range(sources)][-held:]


def test_ends_after_a_restart_what_has_decayed_meanwhile() -> None:
    """What was told before, and does not hold any more when the plane is back, is ended."""
    plane = Plane(Thresholds())
    (note,) = plane.take(seen(8), START)
    kept = plane.kept("campaign/1")
    assert kept is not None
    again = Plane(Thresholds())
    again.restore("campaign/1", decode_kept(encode_kept(kept)))
    assert again.tick(START + 3 * DAY).notes == ((note.key, None),)


def test_ends_nothing_when_its_subjects_pass_to_another() -> None:
    """A plane that loses its subjects to another one is silent about them."""
    plane = Plane(Thresholds())
    plane.take(seen(8), START)
    plane.forget()
    assert plane.tick(START + 3 * DAY) == ((), ())


def test_keeps_of_a_full_subject_less_than_a_broker_takes() -> None:
    """64 sources, each with as many different ones as it tells apart, stay below 900,000 bytes."""
    rows = [
        Row(
            second,
            SUSPECT,
            f"ws-{number}",
            f"short_code:{number}",
            "integration:key-1",
            "",
            hash_of(str(number), b"k"),
            hash_of(f"domain {number}", b"k"),
        )
        for second in (START - 1, START)
        for number in range(200)
    ]
    full = [
        observations.fold(Observation("campaign/1", f"recipients-{n}@1#ab", (), START, SIGNATURE), rows, b"k")
        for n in range(Limits().sources)
    ]
    assert len(encode_kept(Kept(tuple(full)))) < 900_000
