"""Walks through numbers."""

import random

import pytest

from pipeline.patterns.sequence import STEP_MAX, Sequence
from tests.unit.patterns.builders import number


@pytest.mark.parametrize(
    ("step", "goes_on"),
    [(0, False), (1, True), (2, True), (STEP_MAX - 1, True), (STEP_MAX, True), (STEP_MAX + 1, False)],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_close_to_the_last_goes_on(step: int, sign: int, *, goes_on: bool) -> None:
    """Up and down; the same one again does not."""
    sequence = Sequence()
    assert not sequence.goes_on("ws-1", number(500 - sign))
    assert not sequence.goes_on("ws-1", number(500))
    assert sequence.goes_on("ws-1", number(500 + sign * step)) is goes_on


def test_other_ranges_and_workspaces_between_do_not_matter() -> None:
    """Each has a last number of its own."""
    sequence = Sequence()
    sequence.goes_on("ws-1", number(499))
    sequence.goes_on("ws-1", number(500))
    assert not sequence.goes_on("ws-1", number(1_501))
    assert not sequence.goes_on("ws-2", number(501))
    assert sequence.goes_on("ws-1", number(501))


@pytest.mark.parametrize("recipient", ["wa:pf-1:900", "", "+12", "12065550100"])
def test_what_is_no_number_never_goes_on(recipient: str) -> None:
    """Identifiers within a portfolio come in no order."""
    sequence = Sequence()
    assert [sequence.goes_on("ws-1", recipient) for _ in range(2)] == [False, False]


@pytest.mark.parametrize("numbers", [50, 1_000])
def test_at_most_one_in_three_goes_on_by_chance(numbers: int) -> None:
    """Also of the numbers of one company's people, which are close together: far from half of them."""
    sequence, order = Sequence(), random.Random(1)  # noqa: S311 - nothing to guess
    found = [sequence.goes_on("ws-1", number(order.randrange(numbers))) for _ in range(2_000)]
    assert sum(found) / len(found) < 0.36


def test_turning_back_does_not_go_on() -> None:
    """It begins another walk."""
    sequence = Sequence()
    found = [sequence.goes_on("ws-1", number(at)) for at in (5, 6, 7, 6, 5)]
    assert found == [False, False, True, False, True]


def test_the_same_number_again_does_not_end_a_walk() -> None:
    """A message may be sent twice."""
    sequence = Sequence()
    found = [sequence.goes_on("ws-1", number(at)) for at in (5, 6, 6, 7)]
    assert found == [False, False, False, True]


def test_one_of_eight_partitions_sees_a_walk_go_on() -> None:
    """It sees every eighth number, at random."""
    sequence, order = Sequence(), random.Random(1)  # noqa: S311 - nothing to guess
    seen = [number(at) for at in range(1_000) if order.randrange(8) == 0]
    found = [sequence.goes_on("ws-1", each) for each in seen]
    assert sum(found) >= len(seen) - 3
