"""The people that a portfolio has reached: who is in the set, and until when."""

import pytest

from pipeline.state.reach import (
    NO_REACH,
    PART_MILLISECONDS,
    Reach,
    Reached,
    is_in_set,
    merge,
    part_of,
    reach_again,
    take_back,
)
from pipeline.testing.builders import DAY, HOUR, NOW, SECOND


@pytest.mark.parametrize(("shift", "is_in"), [(-SECOND, True), (-1, True), (0, False), (1, False), (SECOND, False)])
def test_leaves_the_set_after_24_hours(shift: int, *, is_in: bool) -> None:
    """Up to and without the instant a day later."""
    assert is_in_set(Reached("pf-1", NOW - DAY, "m-1"), NOW + shift) == is_in


def test_is_in_no_set_that_it_never_entered() -> None:
    """Nobody is reached by default."""
    assert not is_in_set(None, NOW)


def test_begins_the_24_hours_anew_with_another_message() -> None:
    """The newest message counts, and the one before it is kept for the case that it is revoked."""
    reached = reach_again(Reached("pf-1", NOW - HOUR, "m-1"), "pf-1", NOW, "m-2")
    assert reached == Reached("pf-1", NOW, "m-2", NOW - HOUR)


def test_keeps_what_was_before_a_message_that_is_judged_again() -> None:
    """The first turn of the same message is nothing to return to."""
    reached = reach_again(Reached("pf-1", NOW - 9, "m-2", NOW - HOUR), "pf-1", NOW, "m-2")
    assert reached == Reached("pf-1", NOW, "m-2", NOW - HOUR)


@pytest.mark.parametrize(
    ("before", "is_in"), [(NOW - HOUR, True), (NOW - DAY + 1, True), (NOW - DAY, False), (0, False)]
)
def test_returns_to_what_was_before_a_revoked_message(before: int, *, is_in: bool) -> None:
    """Whoever was reached before keeps the place until those 24 hours are over."""
    left = take_back(Reached("pf-1", NOW, "m-2", before), "m-2", NOW)
    assert left == (Reached("pf-1", before, "") if is_in else None)


def test_takes_back_nothing_for_another_message() -> None:
    """An older message that is revoked was followed by one that was not."""
    reached = Reached("pf-1", NOW, "m-2", NOW - HOUR)
    assert take_back(reached, "m-1", NOW) == reached


def test_takes_the_report_with_the_higher_number() -> None:
    """Counts go up and down, so their number tells which is newer."""
    assert merge(Reach(2, ((1, 5),)), Reach(1, ((1, 9),))) == Reach(2, ((1, 5),))
    assert merge(NO_REACH, Reach(1, ((1, 9),))) == Reach(1, ((1, 9),))


@pytest.mark.parametrize(("shift", "part"), [(-1, 0), (0, 1), (1, 1)])
def test_cuts_hours_into_parts(shift: int, part: int) -> None:
    """Ten minutes are one part."""
    assert part_of(PART_MILLISECONDS + shift) == part
