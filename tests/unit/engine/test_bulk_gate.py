"""Who goes through the gate, and how much it takes along."""

from collections.abc import Callable

import pytest

from pipeline.engine import bulk_gate
from pipeline.engine.bulk_gate import MESSAGES_BESIDE_URGENT, URGENT_SECONDS, BulkGate


class Clock:
    """A clock that is moved by hand, in place of the module `time` that the gate looks at."""

    def __init__(self) -> None:
        """Begin at some time."""
        self.now = 1_000.0

    def monotonic(self) -> float:
        """Give the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Have the gate look at a clock that is moved by hand."""
    made = Clock()
    monkeypatch.setattr(bulk_gate, "time", made)
    return made


def entered(gate: BulkGate, *numbers: int) -> list[bool]:
    """Have partitions try to go in, one after the other."""
    return [gate.enter(number, nobody) for number in numbers]


def nobody() -> None:
    """Wake nobody."""


def noting(woken: list[int], number: int) -> Callable[[], None]:
    """Note that a partition was woken."""
    return lambda: woken.append(number)


@pytest.mark.usefixtures("clock")
def test_lets_two_in() -> None:
    """Two have room, a third has not."""
    assert entered(BulkGate(), 1, 2, 3) == [True, True, False]


@pytest.mark.usefixtures("clock")
def test_lets_one_in_when_urgent_messages_came() -> None:
    """Beside urgent messages one has room."""
    gate = BulkGate()
    gate.note_urgent()
    assert entered(gate, 1, 2) == [True, False]


@pytest.mark.usefixtures("clock")
def test_lets_nobody_in_beside_two_when_an_urgent_message_came() -> None:
    """Two that were inside before stay, and when one has left there is no room for another yet."""
    gate = BulkGate()
    entered(gate, 1, 2, 3)
    gate.note_urgent()
    gate.leave()
    assert entered(gate, 3) == [False]


@pytest.mark.parametrize(("seconds", "is_beside"), [(-0.001, True), (0.0, False), (0.001, False)])
def test_expects_urgent_messages_for_some_seconds(clock: Clock, seconds: float, is_beside: bool) -> None:  # noqa: FBT001
    """Up to and without the fifth second after an urgent message the next is expected."""
    gate = BulkGate()
    gate.note_urgent()
    clock.now += URGENT_SECONDS + seconds
    assert gate.is_beside_urgent == is_beside


@pytest.mark.usefixtures("clock")
def test_expects_no_urgent_message_before_the_first() -> None:
    """A gate that has seen none is not beside any."""
    assert not BulkGate().is_beside_urgent


@pytest.mark.parametrize(("messages", "allowed"), [(99, 99), (100, 100), (101, 100)])
@pytest.mark.usefixtures("clock")
def test_limits_a_transaction_when_urgent_messages_came(messages: int, allowed: int) -> None:
    """Beside urgent messages a bulk transaction takes a hundred at most."""
    gate = BulkGate()
    gate.note_urgent()
    assert gate.limit(messages) == allowed


@pytest.mark.usefixtures("clock")
def test_leaves_a_transaction_as_large_as_it_would_be() -> None:
    """Without urgent messages there is no limit."""
    assert BulkGate().limit(MESSAGES_BESIDE_URGENT * 4) == MESSAGES_BESIDE_URGENT * 4


@pytest.mark.usefixtures("clock")
def test_lets_in_whoever_waited_longest() -> None:
    """Whoever came later does not go in before."""
    gate = BulkGate()
    entered(gate, 1, 2, 3, 4)
    gate.leave()
    assert entered(gate, 4, 3) == [False, True]


@pytest.mark.usefixtures("clock")
def test_lets_nobody_overtake_when_there_is_room() -> None:
    """A newcomer waits behind one who was woken and has not come yet."""
    gate = BulkGate()
    entered(gate, 1, 2, 3)
    gate.leave()
    assert entered(gate, 1, 3) == [False, True]


@pytest.mark.usefixtures("clock")
def test_keeps_a_place_when_a_partition_tries_again() -> None:
    """Whoever asks twice waits once: no second place is kept for it when it has come and gone."""
    gate = BulkGate()
    entered(gate, 1, 2, 3, 3)
    gate.leave()
    entered(gate, 3)
    gate.leave()
    assert entered(gate, 4) == [True]


@pytest.mark.usefixtures("clock")
def test_wakes_whoever_waited_longest() -> None:
    """One who leaves wakes the first of those who wait, and no other."""
    gate, woken = BulkGate(), list[int]()
    for number in (1, 2, 3, 4):
        gate.enter(number, noting(woken, number))
    gate.leave()
    assert woken == [3]


@pytest.mark.usefixtures("clock")
def test_wakes_nobody_when_nobody_waits() -> None:
    """Those inside are not woken when another leaves."""
    gate, woken = BulkGate(), list[int]()
    for number in (1, 2):
        gate.enter(number, noting(woken, number))
    gate.leave()
    assert woken == []


def test_wakes_the_next_too_when_there_is_room_for_both(clock: Clock) -> None:
    """When no more urgent messages are expected, whoever goes in brings the next along: two places are to be filled."""
    gate, woken = BulkGate(), list[int]()
    gate.note_urgent()
    for number in (1, 2, 3, 4):
        gate.enter(number, noting(woken, number))
    clock.now += URGENT_SECONDS
    gate.leave()
    gate.enter(2, noting(woken, 2))
    assert woken == [2, 3]


@pytest.mark.usefixtures("clock")
def test_lets_the_next_in_when_the_first_is_forgotten() -> None:
    """A partition that is gone keeps nobody waiting."""
    gate = BulkGate()
    entered(gate, 1, 2, 3, 4)
    gate.leave()
    gate.forget(3)
    assert entered(gate, 4) == [True]


@pytest.mark.usefixtures("clock")
def test_wakes_the_next_when_the_first_is_forgotten() -> None:
    """The one behind a partition that was woken and is gone is woken in its place."""
    gate, woken = BulkGate(), list[int]()
    for number in (1, 2, 3, 4):
        gate.enter(number, noting(woken, number))
    gate.leave()
    gate.forget(3)
    assert woken == [3, 4]


@pytest.mark.usefixtures("clock")
def test_forgets_no_place_that_is_taken() -> None:
    """Forgetting a partition that does not wait makes no room."""
    gate = BulkGate()
    entered(gate, 1, 2)
    gate.forget(1)
    assert entered(gate, 3) == [False]
