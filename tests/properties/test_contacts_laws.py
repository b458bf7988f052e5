"""Laws of contacts and reach: order and repetition of replies don't matter, and the counts are those of a plain set."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.state import contacts as module
from pipeline.state.contacts import NO_CONTACTS, Contacts, Passed, hear, note_capped, take_out
from pipeline.state.reach import REACH_MILLISECONDS, Reach, Reached, is_in_set, merge, note_passed, take_place
from pipeline.state.reach import take_out as take_out_of_reach
from pipeline.topologies.reach_board import ReachBoard

REPLIES = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "+a"]), st.integers(1, 6)), max_size=10)
FEW = 2
"""A limit small enough for windows to be forgotten all the time."""


def heard(replies: list[tuple[str, int]], senders_max: int) -> Contacts:
    """Take in replies one after the other, keeping so many windows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SENDERS_MAX", senders_max)
        return reduce(lambda contacts, reply: hear(contacts, *reply), replies, NO_CONTACTS)


LIMITS = st.sampled_from([FEW, module.SENDERS_MAX])


@given(REPLIES, st.permutations(range(10)), LIMITS)
def test_takes_replies_in_any_order(replies: list[tuple[str, int]], order: list[int], limit: int) -> None:
    """Which reply arrived first does not matter, also when windows are forgotten."""
    shuffled = [replies[index] for index in order if index < len(replies)]
    assert heard(shuffled, limit) == heard(replies, limit)


@given(REPLIES, LIMITS)
def test_takes_repeated_replies_for_nothing(replies: list[tuple[str, int]], limit: int) -> None:
    """A reply that comes twice opens no longer window."""
    assert heard(replies * 2, limit) == heard(replies, limit)


MESSAGES = st.lists(st.tuples(st.integers(1, 9), st.sampled_from("mnop"), st.sampled_from("ab")), max_size=10)


@given(MESSAGES)
def test_counts_each_message_once(messages: list[tuple[int, str, str]]) -> None:
    """However often a message is judged, it counts at its newest time alone."""
    contacts = NO_CONTACTS
    newest: dict[str, int] = {}
    for at, message_id, sender in messages:
        contacts = note_capped(contacts, Passed(at, message_id, sender))
        newest[message_id] = at
    assert contacts.capped_times("") == sorted(newest.values())


@given(MESSAGES, st.sampled_from("mnop"))
def test_leaves_no_trace_of_what_is_taken_out(messages: list[tuple[int, str, str]], message_id: str) -> None:
    """A revoked message is in no list."""
    contacts, reached = NO_CONTACTS, Reached("pf-1")
    for at, each, sender in messages:
        passed = Passed(at, each, sender)
        contacts, reached = note_capped(contacts, passed), take_place(note_passed(reached, passed), at, each)
    left, left_reached = take_out(contacts, message_id), take_out_of_reach(reached, message_id, 9)
    assert message_id not in {passed.message_id for passed in (*left.capped, *left_reached.passed)}
    assert left_reached.message_id != message_id


REACHES = st.builds(
    lambda revision, parts: Reach(revision, tuple(sorted(parts.items()))),
    st.integers(0, 3),
    st.dictionaries(st.integers(0, 3), st.integers(1, 5), max_size=3),
)


@given(REACHES, REACHES, REACHES)
def test_merges_reports_in_any_order_and_grouping(first: Reach, second: Reach, third: Reach) -> None:
    """The report with the highest number stands, whatever came first or twice."""
    assert merge(first, second) == merge(second, first)
    assert merge(merge(first, second), third) == merge(first, merge(second, third))
    assert merge(first, first) == first


HOURS = REACH_MILLISECONDS // 24
STEPS = st.lists(
    st.tuples(st.integers(0, 9 * HOURS), st.sampled_from(["r-1", "r-2", "r-3"]), st.sampled_from(["p-0", "p-1"])),
    max_size=30,
)


@given(STEPS)
def test_counts_exactly_those_that_were_reached_in_24_hours(steps: list[tuple[int, str, str]]) -> None:
    """The sum over partitions is the size of the moving set, as a plain look over the whole history gives it."""
    board = ReachBoard()
    for source in ("p-0", "p-1"):
        board.restore("pf-1", source, Reach())
    members: dict[tuple[str, str], Reached] = {}
    history: list[tuple[int, str, str]] = []
    now = HOURS
    for later, recipient, source in steps:
        now += later
        for key, member in list(members.items()):
            if not is_in_set(member, now):
                board.move("pf-1", key[1], member.at_milliseconds, -1)
                del members[key]
        known = members.get((recipient, source), Reached("pf-1"))
        members[recipient, source] = reached = take_place(known, now, f"m-{len(history)}")
        if known.at_milliseconds:
            board.move("pf-1", source, known.at_milliseconds, -1)
        board.move("pf-1", source, reached.at_milliseconds, 1)
        history.append((now, recipient, source))
        plain = {(who, where) for at, who, where in history if at > now - REACH_MILLISECONDS}
        assert board.reading("pf-1", 9, now, is_in_set=False).used == len(plain)
