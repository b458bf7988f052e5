"""A transaction's changes over a store, and the same store built again from the changelog."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.expiries import KEYS_PER_NOTE, LASTING, NOTES
from pipeline.engine.overlay import (
    KEYS_MAX,
    POSITIONS,
    RECORDS,
    TIMERS,
    Overlay,
    OverlayOverflowError,
    apply_changelog,
    input_name,
    kept_position,
)
from pipeline.engine.stores import MemoryStore

ALL = 1_000_000
END = b"\xff" * 12


def content(store: MemoryStore) -> list[tuple[bytes, bytes]]:
    """List all that a store holds, its index and positions included; notes of ends may differ between equal stores."""
    return [(name, stored) for name, stored in store.scan(b"", END, ALL) if name[:1] != NOTES]


def commit(store: MemoryStore, overlay: Overlay, positions: Mapping[bytes, int] | None = None) -> None:
    """Let an overlay's changes reach its store."""
    store.apply(overlay.store_changes(positions or {}, store.position + 1), store.position + 1)


def holding(**values: bytes) -> MemoryStore:
    """Make a store of records that never want attention."""
    store = MemoryStore()
    overlay = Overlay(store)
    for key, value in values.items():
        overlay.put(key.encode(), value)
    commit(store, overlay)
    return store


def timed(**times: int) -> MemoryStore:
    """Make a store of records that want attention at given times."""
    store = MemoryStore()
    overlay = Overlay(store)
    for key, time in times.items():
        overlay.put(key.encode(), b"v", time)
    commit(store, overlay)
    return store


def scanned(overlay: Overlay, begin: bytes = b"a", end: bytes = b"z", limit: int = 100) -> list[tuple[bytes, bytes]]:
    """Walk an overlay."""
    return list(overlay.scan(begin, end, limit))


# --- Records --------------------------------------------------------------------------------------------------------


def test_gets_none_when_there_is_no_record() -> None:
    """What was never written is not there."""
    assert Overlay(MemoryStore()).get(b"a") is None


def test_gets_what_the_store_holds() -> None:
    """What an earlier transaction wrote comes back as it was written."""
    assert Overlay(holding(a=b"1")).get(b"a") == b"1"


def test_gets_an_empty_value_as_such() -> None:
    """A record without content is a record."""
    assert Overlay(holding(a=b"")).get(b"a") == b""


def test_gets_what_was_put_at_once() -> None:
    """A transaction sees its own writes, also over what it has read before."""
    overlay = Overlay(holding(a=b"1"))
    overlay.get(b"a")
    overlay.put(b"a", b"2")
    assert overlay.get(b"a") == b"2"


def test_gets_none_when_the_record_was_deleted() -> None:
    """A transaction sees its own removals."""
    overlay = Overlay(holding(a=b"1"))
    overlay.delete(b"a")
    assert overlay.get(b"a") is None


def test_gets_what_was_put_after_a_removal() -> None:
    """The last change counts."""
    overlay = Overlay(holding(a=b"1"))
    overlay.delete(b"a")
    overlay.put(b"a", b"2")
    assert overlay.get(b"a") == b"2"


def test_gets_a_value_without_its_time() -> None:
    """When a record wants attention is no part of its value."""
    overlay = Overlay(MemoryStore())
    overlay.put(b"a", b"1", 1_795_000_000_000)
    assert overlay.get(b"a") == b"1"


def test_leaves_no_trace_when_it_is_thrown_away() -> None:
    """A transaction that is not committed has changed nothing."""
    store = holding(a=b"1")
    before = content(store)
    overlay = Overlay(store)
    overlay.put(b"a", b"2", 5)
    overlay.delete(b"b")
    assert content(store) == before


# --- Walks ----------------------------------------------------------------------------------------------------------


def test_scan_merges_store_and_changes_in_the_order_of_keys() -> None:
    """New records lie between old ones, and changed ones show what they were changed to."""
    overlay = Overlay(holding(a=b"1", c=b"3"))
    overlay.put(b"b", b"2")
    overlay.put(b"c", b"33")
    assert scanned(overlay) == [(b"a", b"1"), (b"b", b"2"), (b"c", b"33")]


def test_scan_leaves_out_what_was_removed() -> None:
    """A removed record is not walked."""
    overlay = Overlay(holding(a=b"1", b=b"2"))
    overlay.delete(b"a")
    assert scanned(overlay) == [(b"b", b"2")]


def test_scan_takes_in_the_beginning_and_not_the_end() -> None:
    """The range is closed below and open above, for old and new records."""
    overlay = Overlay(holding(a=b"1", b=b"2", d=b"4", e=b"5"))
    overlay.put(b"c", b"3")
    overlay.put(b"e", b"55")
    assert scanned(overlay, b"b", b"e") == [(b"b", b"2"), (b"c", b"3"), (b"d", b"4")]


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, 5])
def test_scan_gives_the_first_ones_up_to_its_limit(limit: int) -> None:
    """However many, they are the first of the range as the transaction sees it."""
    overlay = Overlay(holding(a=b"1", b=b"2", d=b"4", e=b"5"))
    overlay.delete(b"a")
    overlay.put(b"c", b"3")
    assert [key for key, _ in scanned(overlay, limit=limit)] == [b"b", b"c", b"d", b"e"][:limit]


def test_scan_finds_as_many_as_wanted_when_the_first_were_removed() -> None:
    """Removed records do not count towards the limit."""
    overlay = Overlay(holding(a=b"1", b=b"2", c=b"3", d=b"4"))
    overlay.delete(b"a")
    overlay.delete(b"b")
    assert scanned(overlay, limit=2) == [(b"c", b"3"), (b"d", b"4")]


def test_scan_sees_no_times_and_no_positions() -> None:
    """What the store keeps for the engine is not walked, whatever the range."""
    store = MemoryStore()
    overlay = Overlay(store)
    overlay.put(b"a", b"1", 5)
    commit(store, overlay, {b"input/t": 3})
    assert scanned(Overlay(store), b"", END) == [(b"a", b"1")]


KEYS = st.sampled_from([b"a", b"aa", b"ab", b"b", b"c", b"\xff"])
PUTS = st.tuples(st.sampled_from(["put", "keep"]), KEYS, st.integers(0, 4))
OTHERS = st.tuples(st.sampled_from(["delete", "settle", "get"]), KEYS, st.just(0))
Operation = tuple[str, bytes, int]
TRANSACTIONS = st.lists(st.lists(PUTS | OTHERS, max_size=8), max_size=6)


def operate(overlay: Overlay, operation: Operation, value: bytes) -> None:
    """Do one operation of a transaction."""
    verb, key, time = operation
    if verb == "put":
        overlay.put(key, value, time)
    elif verb == "keep":
        overlay.keep(key, value, time + 10)
    elif verb == "delete":
        overlay.delete(key)
    elif verb == "settle":
        overlay.settle(key)
    else:
        overlay.get(key)


@given(TRANSACTIONS, KEYS, KEYS, st.integers(0, 5))
def test_reads_as_a_dictionary_would(transactions: list[list[Operation]], begin: bytes, end: bytes, limit: int) -> None:
    """At any point in any transaction, all records and any walk are those of a plain dictionary."""
    store, model = MemoryStore(), dict[bytes, bytes]()
    for number, operations in enumerate([*transactions, []]):
        overlay = Overlay(store)
        for place, operation in enumerate(operations):
            value = b"%d.%d" % (number, place)
            operate(overlay, operation, value)
            if operation[0] in ("put", "keep"):
                model[operation[1]] = value
            elif operation[0] == "delete":
                model.pop(operation[1], None)
        assert scanned(overlay, b"", END) == sorted(model.items())
        assert scanned(overlay, begin, end, limit) == sorted(i for i in model.items() if begin <= i[0] < end)[:limit]
        commit(store, overlay)


# --- Times ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "due"), [(999, []), (1_000, [b"a"]), (1_001, [b"a"])])
def test_lists_a_record_from_its_time_on(now: int, due: list[bytes]) -> None:
    """A record wants attention at its time and after it, and not before."""
    assert Overlay(timed(a=1_000)).due(now, 10) == due


def test_lists_the_longest_waiting_first() -> None:
    """The order is that of the times, not of the keys."""
    assert Overlay(timed(a=300, b=100, c=70_000, d=200)).due(100_000, 10) == [b"b", b"d", b"a", b"c"]


@pytest.mark.parametrize("limit", [2, 3, 4])
def test_lists_no_more_due_records_than_wanted(limit: int) -> None:
    """What is over the limit waits for the next transaction."""
    assert Overlay(timed(a=1, b=2, c=3)).due(10, limit) == [b"a", b"b", b"c"][:limit]


def test_lists_nothing_when_records_never_want_attention() -> None:
    """A record without a time is never due."""
    assert Overlay(holding(a=b"1")).due(2**62, 10) == []


@pytest.mark.parametrize(("now", "due"), [(100, []), (500, [b"a"])])
def test_lists_a_record_at_its_new_time_when_it_was_moved(now: int, due: list[bytes]) -> None:
    """The earlier time counts no more."""
    store = timed(a=100)
    overlay = Overlay(store)
    overlay.put(b"a", b"v", 500)
    commit(store, overlay)
    assert Overlay(store).due(now, 10) == due


def test_lists_nothing_when_a_record_was_written_without_a_time() -> None:
    """Writing a record anew takes its time away unless another is given."""
    store = timed(a=100)
    overlay = Overlay(store)
    overlay.put(b"a", b"v")
    commit(store, overlay)
    assert Overlay(store).due(ALL, 10) == []


def test_lists_nothing_when_the_record_was_removed() -> None:
    """A time goes with its record."""
    store = timed(a=100)
    overlay = Overlay(store)
    overlay.delete(b"a")
    commit(store, overlay)
    assert Overlay(store).due(ALL, 10) == []


def test_settle_takes_the_time_away() -> None:
    """A due record that was attended to is due no more."""
    store = timed(a=100, b=200)
    overlay = Overlay(store)
    overlay.settle(b"a")
    commit(store, overlay)
    assert Overlay(store).due(ALL, 10) == [b"b"]


def test_settle_leaves_the_value() -> None:
    """Attention changes nothing else."""
    store = timed(a=100)
    overlay = Overlay(store)
    overlay.settle(b"a")
    commit(store, overlay)
    assert Overlay(store).get(b"a") == b"v"


def test_settle_leaves_a_new_time_that_the_record_was_given() -> None:
    """A record that was put off in this transaction comes again."""
    store = timed(a=100)
    overlay = Overlay(store)
    overlay.put(b"a", b"v", 500)
    overlay.settle(b"a")
    commit(store, overlay)
    assert Overlay(store).due(500, 10) == [b"a"]


def test_settle_brings_back_no_record_that_was_removed() -> None:
    """A record that was removed in this transaction stays removed."""
    store = timed(a=100)
    overlay = Overlay(store)
    overlay.delete(b"a")
    overlay.settle(b"a")
    commit(store, overlay)
    assert content(store) == []


def test_settle_does_nothing_when_there_is_no_record() -> None:
    """A record that is gone needs no attention, and leaves no trace."""
    overlay = Overlay(MemoryStore())
    overlay.settle(b"a")
    assert overlay.changelog({}) == []


def test_says_when_the_next_record_is_due() -> None:
    """It is the earliest of all times."""
    assert Overlay(timed(a=300, b=100, c=200)).next_due_milliseconds() == 100


def test_says_that_nothing_is_due_when_no_record_has_a_time() -> None:
    """Without times there is no next one."""
    assert Overlay(holding(a=b"1")).next_due_milliseconds() is None


@given(TRANSACTIONS)
def test_keeps_just_the_times_of_its_records(transactions: list[list[Operation]]) -> None:
    """After any transactions the index holds the time of each record that has one, and nothing else."""
    store = MemoryStore()
    for operations in transactions:
        overlay = Overlay(store)
        for operation in operations:
            operate(overlay, operation, b"v")
        commit(store, overlay)
    records = [(name, stored) for name, stored in content(store) if name[:1] == RECORDS]
    times = [name for name, _ in content(store) if name[:1] == TIMERS]
    assert times == sorted(TIMERS + stored[:8] + name for name, stored in records if _wants_attention(stored))


def _wants_attention(stored: bytes) -> bool:
    return bytes(8) < stored[:8] < LASTING


# --- Ends -----------------------------------------------------------------------------------------------------------


def lasting(**ends: int) -> MemoryStore:
    """Make a store of records that last until given times."""
    store = MemoryStore()
    overlay = Overlay(store)
    for key, end in ends.items():
        overlay.keep(key.encode(), b"v", end)
    commit(store, overlay)
    return store


def removed(store: MemoryStore, now: int, limit: int = 1_000) -> list[bytes]:
    """Remove what is over by now, as one transaction; gives the names of what was removed."""
    overlay = Overlay(store, now)
    overlay.remove_over(now, limit)
    names = [name for name, stored in overlay.changelog({}) if stored is None]
    commit(store, overlay)
    return names


def ends(store: MemoryStore) -> list[bytes]:
    """Remove all that ever ends; gives the names of what was removed."""
    return sorted(removed(store, 2**62, 10**9))


@pytest.mark.parametrize(("now", "value"), [(999, b"v"), (1_000, None), (1_001, None)])
def test_gets_a_record_until_its_end(now: int, value: bytes | None) -> None:
    """A record is there before its end, and gone at its end and after it, though nobody has removed it."""
    assert Overlay(lasting(a=1_000), now).get(b"a") == value


def test_scan_leaves_out_what_is_over() -> None:
    """Records that are over are not walked and don't count towards the limit."""
    overlay = Overlay(lasting(a=100, b=100, c=300, d=100, e=300), 200)
    assert scanned(overlay, limit=2) == [(b"c", b"v"), (b"e", b"v")]


def test_scan_leaves_out_what_this_transaction_ended() -> None:
    """A record that was given an end that has passed is gone at once, whatever it was before."""
    overlay = Overlay(holding(a=b"1", b=b"2"), 200)
    overlay.keep(b"a", b"v", 200)
    assert scanned(overlay) == [(b"b", b"2")]


@pytest.mark.parametrize(("now", "names"), [(999, []), (1_000, [b"sa"]), (1_001, [b"sa"])])
def test_removes_a_record_from_its_end_on(now: int, names: list[bytes]) -> None:
    """What is over is removed from the changelog and the store."""
    store = lasting(a=1_000, b=2_000)
    assert removed(store, now) == names
    assert (store.get(b"sa") is None) == bool(names)


def test_removes_nothing_twice() -> None:
    """What was removed once is not looked for again."""
    store = lasting(a=1_000)
    assert (removed(store, 1_000), removed(store, 1_000)) == ([b"sa"], [])
    assert store.scan(NOTES, NOTES + b"\xff", ALL) == []


def test_keeps_a_record_whose_end_was_put_off() -> None:
    """The first end no longer counts; the second does."""
    store = lasting(a=1_000)
    overlay = Overlay(store)
    overlay.keep(b"a", b"w", 2_000)
    commit(store, overlay)
    assert (removed(store, 1_999), Overlay(store, 1_999).get(b"a"), removed(store, 2_000)) == ([], b"w", [b"sa"])


def test_keeps_a_record_that_no_longer_ends() -> None:
    """A record written without an end stays."""
    store = lasting(a=1_000)
    overlay = Overlay(store)
    overlay.put(b"a", b"w")
    commit(store, overlay)
    assert (removed(store, 5_000), Overlay(store, 5_000).get(b"a")) == ([], b"w")


def test_keeps_a_record_that_was_written_while_it_was_removed() -> None:
    """A new record in place of one that is over is not taken for the old one."""
    store = lasting(a=1_000)
    overlay = Overlay(store, 1_000)
    overlay.keep(b"a", b"w", 3_000)
    overlay.remove_over(1_000, 10)
    commit(store, overlay)
    assert Overlay(store, 2_999).get(b"a") == b"w"
    assert removed(store, 3_000) == [b"sa"]


@pytest.mark.parametrize("records", [KEYS_PER_NOTE - 1, KEYS_PER_NOTE, KEYS_PER_NOTE + 1, 5 * KEYS_PER_NOTE])
def test_removes_all_that_ended_at_one_time_a_part_at_a_time(records: int) -> None:
    """Many records of one transaction that end together are removed over several transactions, each once."""
    store = lasting(**{f"k{number}": 1_000 for number in range(records)})
    parts = []
    while part := removed(store, 1_000, limit=1):
        parts.append(part)
    assert max(map(len, parts)) <= KEYS_PER_NOTE
    assert sorted(name for part in parts for name in part) == sorted(b"sk%d" % number for number in range(records))


@given(TRANSACTIONS)
def test_notes_every_end(transactions: list[list[Operation]]) -> None:
    """After any transactions, all records that have an end are found by it, and no others."""
    store, _ = run(transactions)
    lasting_names = [name for name, stored in content(store) if name[:1] == RECORDS and stored[:8] > LASTING]
    assert ends(store) == lasting_names


# --- The changelog --------------------------------------------------------------------------------------------------


def test_changelog_holds_what_was_changed_and_not_what_was_read() -> None:
    """A transaction writes its changes, removals as such, and nothing besides."""
    overlay = Overlay(holding(a=b"1", b=b"2", c=b"3"))
    overlay.get(b"a")
    overlay.put(b"b", b"22", 5)
    overlay.delete(b"c")
    assert overlay.changelog({}) == [(b"sb", b"\x00" * 7 + b"\x05" + b"22"), (b"sc", None)]


def test_changelog_holds_the_positions_reached() -> None:
    """How far the inputs were processed is part of the transaction."""
    assert Overlay(MemoryStore()).changelog({b"input/t": 7}) == [(POSITIONS + b"input/t", b"7")]


Logged = Sequence[tuple[bytes, bytes | None]]


def run(transactions: list[list[Operation]]) -> tuple[MemoryStore, list[Logged]]:
    """Commit transactions to a store; gives it, and what went to the changelog for each."""
    store, logged = MemoryStore(), list[Logged]()
    for number, operations in enumerate(transactions):
        overlay = Overlay(store)
        for place, operation in enumerate(operations):
            operate(overlay, operation, b"%d.%d" % (number, place))
        positions = {b"input/a": number, b"places/%d" % (number % 2): number}
        logged.append(overlay.changelog(positions))
        commit(store, overlay, positions)
    return store, logged


@given(TRANSACTIONS)
def test_changelog_builds_the_same_store_when_applied_one_by_one(transactions: list[list[Operation]]) -> None:
    """Each transaction's changelog records do to a store what the transaction did."""
    store, logged = run(transactions)
    restored = MemoryStore()
    for records in logged:
        apply_changelog(restored, records, restored.position + 1)
    assert ends(restored) == ends(store)
    assert (content(restored), restored.position) == (content(store), store.position)


@given(TRANSACTIONS, st.integers(1, 9))
def test_changelog_builds_the_same_store_when_cut_anywhere(transactions: list[list[Operation]], size: int) -> None:
    """Where a restore cuts the changelog, within or across transactions, does not matter."""
    store, logged = run(transactions)
    records = [record for each in logged for record in each]
    restored = MemoryStore()
    for begin in range(0, len(records), size):
        apply_changelog(restored, records[begin : begin + size], restored.position + 1)
    assert content(restored) == content(store)
    assert ends(restored) == ends(store)


@given(TRANSACTIONS, st.integers(0, 6))
def test_changelog_builds_the_same_store_when_applied_again(transactions: list[list[Operation]], first: int) -> None:
    """A store that has some of the records already, or all, comes to stand where the others do."""
    store, logged = run(transactions)
    restored = MemoryStore()
    records = [record for each in logged for record in each]
    apply_changelog(restored, [record for each in logged[:first] for record in each], 0)
    apply_changelog(restored, records, 0)
    apply_changelog(restored, records, 0)
    assert content(restored) == content(store)


@given(TRANSACTIONS)
def test_changelog_builds_the_same_store_when_compacted(transactions: list[list[Operation]]) -> None:
    """Kafka keeps only the newest record of each key; that is enough."""
    store, logged = run(transactions)
    newest = dict[bytes, bytes | None]()
    for name, stored in (record for each in logged for record in each):
        newest.pop(name, None)
        newest[name] = stored
    restored = MemoryStore()
    apply_changelog(restored, newest.items(), 0)
    assert content(restored) == content(store)


def test_apply_changelog_sets_the_position_when_there_are_no_records() -> None:
    """Where only control records were passed, the store moves on."""
    store = MemoryStore()
    apply_changelog(store, [], 7)
    assert store.position == 7


# --- Positions ------------------------------------------------------------------------------------------------------


def test_keeps_a_position() -> None:
    """What was reached is read from the store."""
    store = MemoryStore()
    commit(store, Overlay(store), {input_name("messages"): 12})
    assert kept_position(store, input_name("messages")) == 12


def test_keeps_a_position_of_zero() -> None:
    """To have reached the beginning is not the same as to have reached nothing."""
    store = MemoryStore()
    commit(store, Overlay(store), {input_name("messages"): 0})
    assert kept_position(store, input_name("messages")) == 0


def test_has_no_position_when_none_was_reached() -> None:
    """A new store knows no positions."""
    assert kept_position(MemoryStore(), input_name("messages")) is None


def test_keeps_a_position_when_a_later_transaction_reaches_another() -> None:
    """A transaction moves the positions that it names and no others."""
    store = MemoryStore()
    commit(store, Overlay(store), {b"a": 1, b"b": 2})
    commit(store, Overlay(store), {b"b": 3})
    assert (kept_position(store, b"a"), kept_position(store, b"b")) == (1, 3)


# --- The limit ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [KEYS_MAX - 1, KEYS_MAX])
def test_takes_as_many_changes_as_allowed(keys: int) -> None:
    """A transaction may change 200,000 records."""
    overlay = Overlay(MemoryStore())
    for number in range(keys):
        overlay.put(b"%d" % number, b"")
    assert len(overlay.changelog({})) == keys


def test_refuses_more_changes_than_allowed() -> None:
    """One record more is an error."""
    overlay = Overlay(MemoryStore())
    for number in range(KEYS_MAX):
        overlay.delete(b"%d" % number)
    with pytest.raises(OverlayOverflowError, match="200000"):
        overlay.put(b"one more", b"")


def test_takes_more_changes_of_the_same_records() -> None:
    """Records count, not how often they are changed."""
    overlay = Overlay(MemoryStore())
    for number in range(KEYS_MAX):
        overlay.put(b"%d" % number, b"")
    overlay.put(b"0", b"again")
    assert overlay.get(b"0") == b"again"
