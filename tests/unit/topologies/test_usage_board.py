"""Counts of all partitions added up, and when the next place is free."""

import pytest

from pipeline.state.usage import HORIZON_SECONDS, Usage
from pipeline.testing.builders import DAY, NOW, SECOND
from pipeline.topologies.usage_board import UsageBoard

SECOND_NOW, DAY_NOW = NOW // SECOND, NOW // DAY


def board_with(*sources: Usage) -> UsageBoard:
    """Build a board that knows the counts of some partitions."""
    board = UsageBoard()
    for number, usage in enumerate(sources):
        board.take("ws-1", f"recipients-{number}", usage)
    return board


def in_second(*counts: int) -> Usage:
    """Build counts of this second and those after it."""
    return Usage(tuple((SECOND_NOW + shift, count) for shift, count in enumerate(counts)), DAY_NOW, sum(counts))


@pytest.mark.parametrize(("used", "is_free"), [(4, True), (5, False), (6, False)])
def test_gives_a_place_in_this_second_while_the_limit_is_not_reached(used: int, *, is_free: bool) -> None:
    """Of five places the fifth message takes the last."""
    reading = board_with(in_second(used)).rates("ws-1", (5, 9), NOW)[0]
    assert (reading.used, reading.next_free_milliseconds == 0) == (used, is_free)


@pytest.mark.parametrize(("used", "is_free"), [(4, True), (5, False), (6, False)])
def test_gives_a_place_on_this_day_while_the_limit_is_not_reached(used: int, *, is_free: bool) -> None:
    """Of five places of a day the fifth message takes the last."""
    reading = board_with(in_second(used)).rates("ws-1", (9, 5), NOW)[1]
    assert (reading.used, reading.next_free_milliseconds == 0) == (used, is_free)


def test_adds_up_what_all_partitions_have_used() -> None:
    """Two partitions with three messages each have used six places."""
    assert board_with(in_second(3), in_second(3)).rates("ws-1", (7, 9), NOW)[0].used == 6


def test_leaves_other_workspaces_out() -> None:
    """One workspace's use takes no place of another's."""
    assert board_with(in_second(5)).rates("ws-2", (5, 9), NOW)[0].used == 0


@pytest.mark.parametrize(("counts", "shift"), [((5,), 1), ((5, 5), 2), ((5, 4), 1), ((5, 5, 5, 1), 3)])
def test_finds_the_first_second_with_a_free_place(counts: tuple[int, ...], shift: int) -> None:
    """Places that are kept for others are passed over."""
    reading = board_with(in_second(*counts)).rates("ws-1", (5, 9), NOW)[0]
    assert reading.next_free_milliseconds == (SECOND_NOW + shift) * SECOND


@pytest.mark.parametrize("filled", [HORIZON_SECONDS - 1, HORIZON_SECONDS, HORIZON_SECONDS + 1])
def test_looks_no_further_than_the_horizon(filled: int) -> None:
    """When everything up to the horizon is taken, the message asks again there."""
    reading = board_with(in_second(*[5] * filled)).rates("ws-1", (5, 9), NOW)[0]
    assert reading.next_free_milliseconds == (SECOND_NOW + min(filled, HORIZON_SECONDS)) * SECOND


def test_gives_the_next_place_of_a_full_day_at_midnight() -> None:
    """The day ends at midnight in UTC."""
    assert board_with(in_second(5)).rates("ws-1", (9, 5), NOW)[1].next_free_milliseconds == (DAY_NOW + 1) * DAY


def test_counts_nothing_of_a_day_that_is_over() -> None:
    """Yesterday's messages take no place today."""
    assert board_with(Usage((), DAY_NOW - 1, 99)).rates("ws-1", (9, 5), NOW)[1].used == 0


def test_merges_what_is_reported_with_what_is_known() -> None:
    """A report that was overtaken changes nothing."""
    board = board_with(in_second(5))
    board.take("ws-1", "recipients-0", in_second(3))
    assert board.rates("ws-1", (9, 9), NOW)[0].used == 5


def test_counts_a_message_that_passes() -> None:
    """A count moves this second and this day by one."""
    board = board_with(in_second(2))
    board.count("ws-1", "recipients-0", NOW, NOW)
    assert (board.rates("ws-1", (9, 9), NOW)[0].used, board.rates("ws-1", (9, 9), NOW)[1].used) == (3, 3)


def test_counts_with_a_forgotten_source_until_it_is_restored() -> None:
    """What a source was reported to have used takes places of the others, also before its partition has work."""
    board = board_with(in_second(2), in_second(3))
    board.forget("recipients-0")
    assert board.rates("ws-1", (9, 9), NOW)[0].used == 5


def test_drops_what_was_counted_and_not_committed() -> None:
    """After a crash the state says what counts, and what a lost transaction had counted does not."""
    board = UsageBoard()
    board.restore("ws-1", "recipients-0", in_second(2))
    board.count("ws-1", "recipients-0", NOW, NOW)
    board.forget("recipients-0")
    board.restore("ws-1", "recipients-0", in_second(2))
    assert (board.rates("ws-1", (9, 9), NOW)[0].used, board.rates("ws-1", (9, 9), NOW)[1].used) == (2, 2)


def test_asks_for_the_state_of_a_source_that_was_only_reported() -> None:
    """What others were told of a source may lag behind its state, so it does not stand for the state."""
    assert not board_with(in_second(2)).knows("ws-1", "recipients-0")


def test_goes_on_from_the_counts_that_were_restored() -> None:
    """What the state holds counts, also when a report of before arrives later."""
    board = UsageBoard()
    board.restore("ws-1", "recipients-0", in_second(5))
    board.take("ws-1", "recipients-0", in_second(2))
    assert board.usage_of("ws-1", "recipients-0", NOW) == in_second(5)


def test_asks_for_the_state_again_once_a_source_was_forgotten() -> None:
    """A partition that comes back is restored once more."""
    board = UsageBoard()
    board.restore("ws-1", "recipients-0", in_second(5))
    board.forget("recipients-0")
    assert not board.knows("ws-1", "recipients-0")


def test_knows_a_source_that_was_restored() -> None:
    """A source is restored once."""
    board = UsageBoard()
    board.restore("ws-1", "recipients-0", in_second(5))
    assert board.knows("ws-1", "recipients-0")


def test_gives_the_counts_of_a_source_from_this_second_on() -> None:
    """What is kept and reported holds no second that is over."""
    board = board_with(in_second(2, 3))
    assert board.usage_of("ws-1", "recipients-0", NOW + SECOND).seconds == ((SECOND_NOW + 1, 3),)


def test_tells_how_many_a_source_has_counted() -> None:
    """Counting gives the source's own count of the second and of the day, without the others'."""
    board = board_with(in_second(2), in_second(7))
    assert board.count("ws-1", "recipients-0", NOW, NOW) == (3, 3)


@pytest.mark.parametrize("shift_milliseconds", [1, SECOND, 60 * SECOND])
def test_goes_on_counting_when_the_clock_steps_back_over_midnight(shift_milliseconds: int) -> None:
    """A clock that is set back does not give a workspace its day once more."""
    midnight = (DAY_NOW + 1) * DAY
    board = UsageBoard()
    for now in (midnight, midnight, midnight - shift_milliseconds):
        counted = board.count("ws-1", "recipients-0", now, now)
    assert (counted[1], board.rates("ws-1", (9, 9), midnight)[1].used) == (3, 3)


@pytest.mark.parametrize("size", [2 * HORIZON_SECONDS - 1, 2 * HORIZON_SECONDS, 2 * HORIZON_SECONDS + 1])
def test_forgets_seconds_that_are_over_when_there_are_many(size: int) -> None:
    """The counts of a long run stay limited, and those of now are right."""
    board = UsageBoard()
    for shift in range(size):
        now = NOW + shift * SECOND
        board.count("ws-1", "recipients-0", now, now)
    assert len(board.usage_of("ws-1", "recipients-0", 0).seconds) <= 2 * HORIZON_SECONDS
    assert board.rates("ws-1", (9, 9), now)[0].used == 1


def test_starts_a_new_day_with_the_counts_of_that_day() -> None:
    """Messages of a source that has not reached the new day yet don't count in it."""
    board = board_with(Usage((), DAY_NOW, 5), Usage((), DAY_NOW + 1, 2))
    assert board.rates("ws-1", (9, 9), NOW + DAY)[1].used == 2
