"""What a portfolio wrote to a person: the pair rate, the set of those that were reached, and how it is counted."""

import pytest

from pipeline.state.contacts import Passed
from pipeline.state.reach import (
    NO_REACH,
    PAIR_MILLISECONDS,
    PART_MILLISECONDS,
    PASSED_MAX,
    Reach,
    Reached,
    is_in_set,
    leave,
    merge,
    note_passed,
    pair_free_milliseconds,
    part_of,
    take_out,
    take_place,
)
from pipeline.testing.builders import DAY, HOUR, NOW, SECOND, WHATSAPP_SENDER

NOBODY = Reached("pf-1")
KEY = WHATSAPP_SENDER.lstrip("+")


def passed(at: int = NOW, message_id: str = "m-1", sender: str = KEY) -> Passed:
    """Build a message that was let pass."""
    return Passed(at, message_id, sender)


# The set.


@pytest.mark.parametrize(("shift", "is_in"), [(-SECOND, True), (-1, True), (0, False), (1, False), (SECOND, False)])
def test_leaves_the_set_after_24_hours(shift: int, *, is_in: bool) -> None:
    """Up to and without the instant a day later."""
    assert is_in_set(take_place(NOBODY, NOW - DAY, "m-1"), NOW + shift) == is_in


def test_is_in_no_set_that_it_never_entered() -> None:
    """Nobody is reached by default, nor by a message that takes no place."""
    assert (is_in_set(NOBODY, 0), is_in_set(note_passed(NOBODY, passed()), NOW)) == (False, False)


def test_begins_the_24_hours_anew_with_another_message() -> None:
    """The newest message counts, and the one before it is kept for the case that it is revoked."""
    reached = take_place(take_place(NOBODY, NOW - HOUR, "m-1"), NOW, "m-2")
    assert reached == Reached("pf-1", NOW, "m-2", NOW - HOUR)


def test_keeps_what_was_before_a_message_that_is_judged_again() -> None:
    """The first turn of the same message is nothing to return to."""
    reached = take_place(Reached("pf-1", NOW - 9, "m-2", NOW - HOUR), NOW, "m-2")
    assert reached == Reached("pf-1", NOW, "m-2", NOW - HOUR)


@pytest.mark.parametrize(
    ("before", "is_in"), [(NOW - HOUR, True), (NOW - DAY + 1, True), (NOW - DAY, False), (0, False)]
)
def test_returns_to_what_was_before_a_revoked_message(before: int, *, is_in: bool) -> None:
    """Whoever was reached before keeps the place until those 24 hours are over."""
    left = take_out(Reached("pf-1", NOW, "m-2", before), "m-2", NOW)
    assert left == (Reached("pf-1", before) if is_in else NOBODY)


def test_takes_no_place_back_for_another_message() -> None:
    """An older message that is revoked was followed by one that was not."""
    reached = Reached("pf-1", NOW, "m-2", NOW - HOUR)
    assert take_out(reached, "m-1", NOW) == reached


def test_keeps_what_counts_in_the_pair_rate_when_the_place_is_over() -> None:
    """A recipient who leaves the set may have had an answer a second ago."""
    reached = note_passed(take_place(NOBODY, NOW - DAY, "m-1"), passed(NOW, "m-2"))
    assert leave(reached) == Reached("pf-1", passed=(passed(NOW, "m-2"),))


@pytest.mark.parametrize(
    ("reached", "due"),
    [
        (NOBODY, 0),
        (note_passed(NOBODY, passed()), NOW + PAIR_MILLISECONDS),
        (take_place(NOBODY, NOW, "m-1"), NOW + DAY),
        (take_place(note_passed(NOBODY, passed(NOW + 9)), NOW, "m-1"), NOW + DAY),
    ],
)
def test_wants_attention_when_the_place_or_the_pair_rate_is_over(reached: Reached, due: int) -> None:
    """The place is to be left by the millisecond; without one the record is to be forgotten."""
    assert reached.over_milliseconds == due


# The pair rate.


def test_frees_a_pair_after_its_newest_message() -> None:
    """What counts is the newest of this number, not of others, with or without the plus sign."""
    reached = note_passed(note_passed(NOBODY, passed()), passed(NOW + 9, "m-2", "other"))
    assert pair_free_milliseconds(reached, WHATSAPP_SENDER, "m-3") == NOW + PAIR_MILLISECONDS


def test_frees_a_pair_for_the_message_itself() -> None:
    """A message that is judged again waits for the one before it alone."""
    reached = note_passed(note_passed(NOBODY, passed(NOW, "m-1")), passed(NOW + 9, "m-2"))
    assert pair_free_milliseconds(reached, KEY, "m-2") == NOW + PAIR_MILLISECONDS


def test_keeps_two_messages_of_each_number() -> None:
    """The one before the newest counts again when the newest is taken out."""
    reached = NOBODY
    for number in range(5):
        reached = note_passed(reached, passed(NOW + number, f"m-{number}"))
    left = take_out(reached, "m-4", NOW)
    assert (len(reached.passed), pair_free_milliseconds(left, KEY, "")) == (2, NOW + 3 + PAIR_MILLISECONDS)


@pytest.mark.parametrize("count", [PASSED_MAX - 1, PASSED_MAX, PASSED_MAX + 1])
def test_forgets_the_oldest_messages_when_there_are_too_many_numbers(count: int) -> None:
    """A record stays small."""
    reached = NOBODY
    for number in range(count):
        reached = note_passed(reached, passed(NOW + number, f"m-{number}", f"44770090{number:04d}"))
    assert len(reached.passed) == min(count, PASSED_MAX)
    assert (pair_free_milliseconds(reached, "447700900000", "") == 0) == (count > PASSED_MAX)


# The counts.


def test_takes_the_report_with_the_higher_number() -> None:
    """Counts go up and down, so their number tells which is newer."""
    assert merge(Reach(2, ((1, 5),)), Reach(1, ((1, 9),))) == Reach(2, ((1, 5),))
    assert merge(NO_REACH, Reach(1, ((1, 9),))) == Reach(1, ((1, 9),))


@pytest.mark.parametrize(("shift", "part"), [(-1, 0), (0, 1), (1, 1)])
def test_cuts_hours_into_parts(shift: int, part: int) -> None:
    """Ten minutes are one part."""
    assert part_of(PART_MILLISECONDS + shift) == part
