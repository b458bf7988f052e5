"""Global topics: what is absorbed when, and what partitions are told."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from pipeline.engine import global_feed
from pipeline.engine.global_feed import CHANGES_MAX, Change, GlobalFeed, Subscription
from pipeline.engine.topology import Event, Step, Turn
from pipeline.testing.memory_log import MemoryRecord

NOTICED, UNNOTICED = "suspensions", "places"


class Noting:
    """A topology that notes what it absorbs."""

    name: Final = "noting"
    state_topics: Final[tuple[str, ...]] = ()
    message_topics: Final[tuple[str, ...]] = ()
    global_topics: Final = (NOTICED, UNNOTICED)

    def __init__(self) -> None:
        """Begin with nothing."""
        self.absorbed: list[Event] = []

    def absorb(self, event: Event) -> None:
        """Note a record."""
        self.absorbed.append(event)

    def notices(self, event: Event) -> bool:
        """Answer one topic."""
        return event.topic == NOTICED

    def opened(self, partition: int) -> None:
        """Keep nothing."""

    def turn(self, step: Step) -> Turn:
        """Have no turns: here the feed is driven directly."""
        raise NotImplementedError


def event(offset: int, key: bytes | None = b"k", topic: str = NOTICED, partition: int = 0) -> Event:
    """Make a record of a global topic."""
    return Event(topic, MemoryRecord(partition, offset, key, b"v%d" % offset))


def nobody() -> None:
    """Wake nobody."""


def from_the_beginning(_: bytes) -> int:
    """Have answered nothing."""
    return 0


def answered_up_to(positions: Mapping[bytes, int]) -> Callable[[bytes], int]:
    """Have answered what a store says."""
    return lambda name: positions.get(name, 0)


def subscribed(feed: GlobalFeed) -> Subscription:
    """Subscribe a partition that has answered nothing."""
    return feed.subscribe(from_the_beginning, nobody)


def offsets(subscription: Subscription) -> list[int]:
    """Take changes, and say where they lay."""
    return [change.event.record.offset for change in subscription.take()]


# --- Absorbing ------------------------------------------------------------------------------------------------------


def test_absorbs_at_once_when_no_turn_is_under_way() -> None:
    """Between turns a record is known when it has been added."""
    topology = Noting()
    GlobalFeed(topology).add(event(0))
    assert topology.absorbed == [event(0)]


async def test_absorbs_nothing_during_a_turn() -> None:
    """All of a turn is judged by the same facts."""
    topology = Noting()
    feed = GlobalFeed(topology)
    async with feed.turn():
        feed.add(event(0))
        assert topology.absorbed == []


async def test_absorbs_after_the_turn_that_was_under_way() -> None:
    """What came during a turn is known right after it, in the order in which it came."""
    topology = Noting()
    feed = GlobalFeed(topology)
    async with feed.turn():
        feed.add(event(0))
        feed.add(event(1))
    assert topology.absorbed == [event(0), event(1)]


async def test_absorbs_before_the_next_turn_when_turns_queue_up() -> None:
    """What came during a turn is known to the one that waited for it."""
    topology = Noting()
    feed = GlobalFeed(topology)
    known: list[int] = []

    async def second() -> None:
        async with feed.turn():
            known.append(len(topology.absorbed))

    async with feed.turn():
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
        feed.add(event(0))
    await waiting
    assert known == [1]


async def test_absorbs_before_the_next_turn_when_a_turn_failed() -> None:
    """What came during a turn that ended by an error is not lost."""
    topology = Noting()
    feed = GlobalFeed(topology)

    async def fail() -> None:
        async with feed.turn():
            feed.add(event(0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with feed.turn():
        assert topology.absorbed == [event(0)]


# --- Turns ----------------------------------------------------------------------------------------------------------


async def test_has_one_turn_at_a_time_in_the_order_of_asking() -> None:
    """A turn that waits begins when the one before it has ended."""
    feed = GlobalFeed(Noting())
    seen: list[str] = []

    async def turn(name: str) -> None:
        async with feed.turn():
            seen.append(f"{name} begins")
            await asyncio.sleep(0)
            seen.append(f"{name} ends")

    await asyncio.gather(turn("a"), turn("b"), turn("c"))
    assert seen == ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [([7_000, 7_000, 7_000], [7, 8, 9]), ([9_000, 8_000, 7_000], [9, 10, 11]), ([7_000, 9_000, 9_000], [7, 9, 10])],
)
async def test_numbers_turns_upwards_whatever_the_clock_does(
    monkeypatch: pytest.MonkeyPatch, clock: list[int], expected: list[int]
) -> None:
    """A turn's number is the microsecond it began in, or the one after the last turn's: it rises over a restart too."""
    monkeypatch.setattr(global_feed, "time", Times(clock))
    feed = GlobalFeed(Noting())
    numbers: list[int] = []
    for _ in clock:
        async with feed.turn() as number:
            numbers.append(number)
    assert numbers == expected


class Times:
    """A clock that shows given times, in nanoseconds, one after the other."""

    def __init__(self, times: list[int]) -> None:
        """Take the times."""
        self._times = iter(times)

    def time_ns(self) -> int:
        """Give the next."""
        return next(self._times)


async def test_has_the_feeds_turns_by_way_of_a_subscription() -> None:
    """Partitions share one order of turns."""
    feed = GlobalFeed(Noting())
    async with subscribed(feed).turn() as first:
        pass
    async with subscribed(feed).turn() as second:
        pass
    assert first < second


# --- Changes --------------------------------------------------------------------------------------------------------


def test_tells_each_subscription_of_a_change() -> None:
    """Every partition answers a change."""
    feed = GlobalFeed(Noting())
    subscriptions = [subscribed(feed), subscribed(feed)]
    feed.add(event(0))
    assert [offsets(each) for each in subscriptions] == [[0], [0]]


def test_tells_of_a_change_once() -> None:
    """What was taken is not given again."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(0))
    subscription.take()
    assert subscription.take() == ()


def test_tells_of_nothing_in_a_topic_that_is_not_noticed() -> None:
    """Records of other global topics are absorbed only."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(0, topic=UNNOTICED))
    assert subscription.take() == ()


def test_wakes_a_subscription_when_something_changed() -> None:
    """A partition that waits is woken by each change."""
    feed, woken = GlobalFeed(Noting()), list[int]()
    feed.subscribe(from_the_beginning, lambda: woken.append(1))
    feed.add(event(0))
    assert woken == [1]


async def test_tells_of_a_change_after_the_turn_it_came_in() -> None:
    """A change is not told before it is known."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    async with feed.turn():
        feed.add(event(0))
        during = subscription.take()
    assert (list(during), offsets(subscription)) == ([], [0])


def test_gives_the_newest_of_each_key_only() -> None:
    """A change that was overtaken before it was taken is not answered."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    for offset, key in enumerate([b"a", b"b", b"a"]):
        feed.add(event(offset, key))
    assert offsets(subscription) == [1, 2]


def test_gives_a_key_again_when_it_changed_since() -> None:
    """What changes after it was taken is another change."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(0))
    subscription.take()
    feed.add(event(1))
    assert offsets(subscription) == [1]


def test_gives_changes_in_the_order_of_arrival_when_topics_alternate() -> None:
    """The order is that in which this worker saw them, also across partitions."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(9, b"a", partition=1))
    feed.add(event(3, b"b", partition=0))
    feed.add(event(10, b"c", partition=1))
    assert offsets(subscription) == [9, 3, 10]


def test_tells_nothing_when_it_was_closed() -> None:
    """A partition that is gone is told nothing."""
    feed, woken = GlobalFeed(Noting()), list[int]()
    subscription = feed.subscribe(from_the_beginning, lambda: woken.append(1))
    subscription.close()
    feed.add(event(0))
    assert (list(subscription.take()), woken) == ([], [])


@pytest.mark.parametrize(("changes", "slices"), [(49, [49, 0]), (50, [50, 0]), (51, [50, 1])])
def test_gives_fifty_changes_at_a_time(changes: int, slices: list[int]) -> None:
    """A transaction answers a bounded number of changes, the next one goes on."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    for offset in range(changes):
        feed.add(event(offset, b"%d" % offset))
    assert [len(subscription.take()) for _ in slices] == slices


def test_gives_the_oldest_first_when_there_are_many() -> None:
    """Slice by slice, nothing is left out and nothing comes before its time."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    for offset in range(CHANGES_MAX * 3):
        feed.add(event(offset, b"%d" % offset))
    taken = [*offsets(subscription), *offsets(subscription), *offsets(subscription)]
    assert taken == list(range(CHANGES_MAX * 3))


# --- After a restart ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answered", "expected"), [(1, [1, 2]), (2, [2]), (3, [])])
def test_gives_what_is_not_answered_after_a_restart(answered: int, expected: list[int]) -> None:
    """A partition is handed the records at and after the offset up to which its state says it has answered."""
    feed = GlobalFeed(Noting())
    for offset in range(3):
        feed.add(event(offset, b"%d" % offset))
    subscription = feed.subscribe(answered_up_to({b"suspensions/0": answered}), nobody)
    assert offsets(subscription) == expected


def test_gives_the_newest_of_each_key_after_a_restart() -> None:
    """Of a key that changed several times while nobody listened, the last change is answered."""
    feed = GlobalFeed(Noting())
    for offset, key in enumerate([b"a", b"b", b"a"]):
        feed.add(event(offset, key))
    assert offsets(subscribed(feed)) == [1, 2]


def test_tells_partitions_of_a_topic_apart_after_a_restart() -> None:
    """What was answered of one partition says nothing about another."""
    feed = GlobalFeed(Noting())
    feed.add(event(5, b"a", partition=0))
    feed.add(event(5, b"b", partition=1))
    subscription = feed.subscribe(answered_up_to({b"suspensions/1": 6}), nobody)
    assert [change.event.record.partition for change in subscription.take()] == [0]


def test_leaves_nothing_unanswered_when_it_stops_between_slices() -> None:
    """Whatever was not taken before a stop comes after it, and nothing that was."""
    feed = GlobalFeed(Noting())
    for offset in range(CHANGES_MAX + 2):
        feed.add(event(offset, b"%d" % offset))
    feed.add(event(CHANGES_MAX + 2, b"0"))
    positions = Subscription.answered(subscribed(feed).take())
    again = feed.subscribe(answered_up_to(positions), nobody)
    assert offsets(again) == [CHANGES_MAX + 1, CHANGES_MAX + 2]


# --- Positions ------------------------------------------------------------------------------------------------------


def test_says_up_to_where_changes_are_answered() -> None:
    """For each topic and partition it is the offset after the furthest change."""
    changes = [Change(1, event(7)), Change(2, event(2, partition=1)), Change(3, event(4))]
    assert Subscription.answered(changes) == {b"suspensions/0": 8, b"suspensions/1": 3}


def test_gives_the_positions_of_all_global_topics() -> None:
    """A turn can say which facts it was judged by, those of topics that are not noticed included."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(4))
    feed.add(event(7, topic=UNNOTICED, partition=2))
    assert subscription.positions() == {"suspensions/0": 5, "places/2": 8}


async def test_keeps_positions_during_a_turn() -> None:
    """What came during a turn does not count as known in it."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(0))
    async with subscription.turn():
        feed.add(event(1))
        assert subscription.positions() == {"suspensions/0": 1}


def test_gives_positions_as_of_now() -> None:
    """What was given once does not move with what comes later."""
    feed = GlobalFeed(Noting())
    subscription = subscribed(feed)
    feed.add(event(0))
    before = subscription.positions()
    feed.add(event(1))
    assert before == {"suspensions/0": 1}
