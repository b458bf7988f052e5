"""One partition's counts: by second and by day, never lost, never counted twice."""

import pytest

from pipeline.state.usage import DAY_MILLISECONDS, HORIZON_SECONDS, NO_USAGE, Usage, add, merge
from pipeline.testing.builders import NOW

SECOND_NOW = NOW // 1_000
DAY_NOW = NOW // DAY_MILLISECONDS
MIDNIGHT = (DAY_NOW + 1) * DAY_MILLISECONDS


def used(*instants: int) -> Usage:
    """Count a message at each instant, as the clock reaches it."""
    usage = NO_USAGE
    for instant in instants:
        usage = add(usage, instant, instant)
    return usage


def test_counts_a_message_in_its_second_and_day() -> None:
    """The first message makes one in its second and one in its day."""
    assert used(NOW) == Usage(((SECOND_NOW, 1),), DAY_NOW, 1)


@pytest.mark.parametrize(("shift_milliseconds", "in_second"), [(0, 2), (999, 2), (1_000, 1)])
def test_begins_to_count_anew_with_each_second(shift_milliseconds: int, in_second: int) -> None:
    """A thousand milliseconds later it is another second."""
    usage = used(NOW, NOW + shift_milliseconds)
    assert usage.seconds[-1] == ((NOW + shift_milliseconds) // 1_000, in_second)


@pytest.mark.parametrize(("shift_milliseconds", "in_day"), [(-1, 2), (0, 1), (1, 1)])
def test_begins_to_count_anew_at_midnight_in_utc(shift_milliseconds: int, in_day: int) -> None:
    """The day changes at the millisecond of midnight."""
    assert used(MIDNIGHT - 1_000, MIDNIGHT + shift_milliseconds).day_messages == in_day


@pytest.mark.parametrize("shift_milliseconds", [1, 1_000, 60_000])
def test_goes_on_counting_when_the_clock_steps_back_over_midnight(shift_milliseconds: int) -> None:
    """A clock that is set back does not give a workspace its day once more."""
    usage = used(MIDNIGHT, MIDNIGHT, MIDNIGHT - shift_milliseconds)
    assert (usage.day, usage.day_messages) == (DAY_NOW + 1, 3)


def test_keeps_places_in_seconds_to_come() -> None:
    """A message that is given a place is counted in the second of that place."""
    assert add(used(NOW), NOW + 5_000, NOW).seconds == ((SECOND_NOW, 1), (SECOND_NOW + 5, 1))


def test_drops_seconds_that_are_over() -> None:
    """What was used a second ago is of no use."""
    assert used(NOW, NOW + 1_000).seconds == ((SECOND_NOW + 1, 1),)


def test_takes_the_larger_count_of_each_second() -> None:
    """Reports are cumulative, so the larger one is the newer one."""
    merged = merge(Usage(((1, 5), (2, 1)), 0, 0), Usage(((1, 3), (2, 4), (3, 1)), 0, 0))
    assert merged.seconds == ((1, 5), (2, 4), (3, 1))


@pytest.mark.parametrize(
    ("day", "messages", "expected"), [(6, 99, (7, 10)), (7, 9, (7, 10)), (7, 11, (7, 11)), (8, 1, (8, 1))]
)
def test_takes_the_larger_count_of_the_newer_day(day: int, messages: int, expected: tuple[int, int]) -> None:
    """A report of a day that is over changes nothing; one of a new day replaces the old."""
    merged = merge(Usage((), 7, 10), Usage((), day, messages))
    assert (merged.day, merged.day_messages) == expected


@pytest.mark.parametrize("size", [2 * HORIZON_SECONDS - 1, 2 * HORIZON_SECONDS, 2 * HORIZON_SECONDS + 1])
def test_keeps_the_newest_seconds_up_to_the_limit(size: int) -> None:
    """A record does not grow beyond twice the horizon; the oldest seconds go first."""
    merged = merge(NO_USAGE, Usage(tuple((second, 1) for second in range(size)), 0, 0))
    assert [second for second, _ in merged.seconds] == list(range(max(0, size - 2 * HORIZON_SECONDS), size))
