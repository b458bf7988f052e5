"""Counts of reached people over all partitions, and when the next place gets free."""

import pytest

from pipeline.rules.facts import ReachReading
from pipeline.state.reach import PART_MILLISECONDS, REACH_MILLISECONDS, Reach, part_of
from pipeline.testing.builders import DAY, HOUR, NOW
from pipeline.topologies.reach_board import ReachBoard


def board_with(*sources: Reach) -> ReachBoard:
    """Build a board that knows the counts of some partitions."""
    board = ReachBoard()
    for number, reach in enumerate(sources):
        board.take("pf-1", f"recipients-{number}", reach)
    return board


def reached(*counts: tuple[int, int], revision: int = 1) -> Reach:
    """Build counts of people reached so many milliseconds ago."""
    return Reach(revision, tuple(sorted((part_of(NOW - age), count) for age, count in counts)))


def reading(board: ReachBoard, limit: int, *, is_in_set: bool = False) -> ReachReading:
    """Read a limit for a recipient."""
    return board.reading("pf-1", limit, NOW, is_in_set=is_in_set)


@pytest.mark.parametrize(("used", "has_place"), [(248, True), (249, True), (250, False), (251, False)])
def test_gives_a_place_while_the_limit_is_not_reached(used: int, *, has_place: bool) -> None:
    """Of 250 places the 250th person takes the last."""
    found = reading(board_with(reached((HOUR, used - 100), (0, 100))), 250)
    assert (found.used, found.next_free_milliseconds == 0) == (used, has_place)


def test_gives_a_place_to_whoever_has_one() -> None:
    """A person who was reached takes no second place."""
    assert reading(board_with(reached((0, 251))), 250, is_in_set=True).next_free_milliseconds == 0


def test_adds_up_what_all_partitions_have_reached() -> None:
    """Each partition counts its own recipients."""
    assert reading(board_with(reached((0, 3)), reached((HOUR, 4))), 9).used == 7


def test_leaves_other_portfolios_out() -> None:
    """One portfolio's people take no place of another's."""
    assert board_with(reached((0, 5))).reading("pf-2", 5, NOW, is_in_set=False).used == 0


@pytest.mark.parametrize(("limit", "age"), [(9, 9), (8, 5), (6, 5), (5, 1), (4, 1)])
def test_says_when_enough_people_will_have_left(limit: int, age: int) -> None:
    """With one nine hours ago, three five hours ago and five an hour ago: as many leave as are too many, and one."""
    board = board_with(reached((9 * HOUR, 1), (HOUR, 5)), reached((5 * HOUR, 3)))
    end_of_part = (part_of(NOW - age * HOUR) + 1) * PART_MILLISECONDS
    assert reading(board, limit).next_free_milliseconds == end_of_part + REACH_MILLISECONDS


def test_says_it_anew_when_somebody_has_left() -> None:
    """The answer is kept only as long as the counts are what they were."""
    board = ReachBoard()
    board.restore("pf-1", "recipients-0", reached((9 * HOUR, 1), (HOUR, 1)))
    before = reading(board, 1).next_free_milliseconds
    board.move("pf-1", "recipients-0", NOW - 9 * HOUR, -1)
    board.move("pf-1", "recipients-0", NOW, 1)
    assert reading(board, 1).next_free_milliseconds == before + HOUR


def test_never_frees_a_place_where_there_is_none() -> None:
    """A limit of nobody is asked about again in a day."""
    assert reading(ReachBoard(), 0).next_free_milliseconds == NOW + DAY


def test_takes_an_overtaken_report_for_nothing() -> None:
    """Counts fall too, so the number of the report decides."""
    board = board_with(reached((0, 5), revision=2))
    board.take("pf-1", "recipients-0", reached((0, 9), revision=1))
    assert reading(board, 99).used == 5


def test_takes_a_newer_report_though_it_is_smaller() -> None:
    """People leave."""
    board = board_with(reached((0, 5), revision=2))
    board.take("pf-1", "recipients-0", reached((0, 4), revision=3))
    assert reading(board, 99).used == 4


def test_numbers_its_reports() -> None:
    """Each report outranks the one before, also after a restart."""
    board = ReachBoard()
    board.restore("pf-1", "recipients-0", reached((0, 1), revision=7))
    board.move("pf-1", "recipients-0", NOW, 1)
    assert board.next_report("pf-1", "recipients-0") == reached((0, 2), revision=8)


def test_drops_what_was_counted_and_not_committed() -> None:
    """After a crash the state says what counts."""
    board = ReachBoard()
    board.restore("pf-1", "recipients-0", reached((0, 1)))
    board.move("pf-1", "recipients-0", NOW, 1)
    board.forget("recipients-0")
    assert not board.knows("pf-1", "recipients-0")
    board.restore("pf-1", "recipients-0", reached((0, 1)))
    assert (board.knows("pf-1", "recipients-0"), reading(board, 99).used) == (True, 1)


def test_asks_for_the_state_of_a_source_that_was_only_reported() -> None:
    """What others were told of a source may lag behind its state."""
    assert not board_with(reached((0, 1))).knows("pf-1", "recipients-0")
