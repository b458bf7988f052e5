"""Laws of the use of plans: merging is a maximum, and the sum of the board is the sum of its sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.state import usage as module
from pipeline.state.usage import DAY_MILLISECONDS, NO_USAGE, Usage, add, merge
from pipeline.topologies.usage_board import UsageBoard

USAGES = st.builds(
    lambda seconds, day, messages: Usage(tuple(sorted(seconds.items())), day, messages),
    st.dictionaries(st.integers(0, 8), st.integers(1, 5), max_size=8),
    st.integers(0, 3),
    st.integers(0, 9),
)
FEW = 2
"""A horizon small enough for records to be cut all the time."""


def merged(*usages: Usage, horizon: int = module.HORIZON_SECONDS) -> Usage:
    """Merge counts one after the other, under a horizon."""
    record = NO_USAGE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "HORIZON_SECONDS", horizon)
        for usage in usages:
            record = merge(record, usage)
    return record


HORIZONS = st.sampled_from([FEW, module.HORIZON_SECONDS])


@given(USAGES, USAGES, HORIZONS)
def test_merges_in_any_order(first: Usage, second: Usage, horizon: int) -> None:
    """Which report came first does not matter."""
    assert merged(first, second, horizon=horizon) == merged(second, first, horizon=horizon)


@given(USAGES, USAGES, USAGES, HORIZONS)
def test_merges_in_any_grouping(first: Usage, second: Usage, third: Usage, horizon: int) -> None:
    """Which reports were merged before does not matter."""
    left = merged(merged(first, second, horizon=horizon), third, horizon=horizon)
    assert left == merged(first, merged(second, third, horizon=horizon), horizon=horizon)


@given(USAGES, HORIZONS)
def test_merges_a_report_with_itself_to_itself(usage: Usage, horizon: int) -> None:
    """A repeated report changes nothing."""
    assert merged(usage, usage, horizon=horizon) == merged(usage, horizon=horizon)


@given(USAGES, USAGES)
def test_never_counts_less_after_a_merge(known: Usage, reported: Usage) -> None:
    """A merge loses no message of any second, and none of the day that goes on."""
    result = merged(known, reported)
    counts = dict(result.seconds)
    assert all(counts[second] >= messages for second, messages in known.seconds)
    assert (result.day, result.day_messages) >= (known.day, known.day_messages)


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)), max_size=12))
def test_takes_an_overtaken_report_for_nothing(steps: list[tuple[int, int]]) -> None:
    """Whatever a source reported before is contained in what it reports now."""
    usage, now, reports = NO_USAGE, 0, []
    for later, ahead in steps:
        now += later
        usage = add(usage, now + ahead, now)
        reports.append(usage)
    current = now // 1_000
    newest = Usage(tuple((s, n) for s, n in usage.seconds if s >= current), usage.day, usage.day_messages)
    joined = merged(usage, *reports)
    assert Usage(tuple((s, n) for s, n in joined.seconds if s >= current), joined.day, joined.day_messages) == newest


SOURCES = st.sampled_from(["a", "b"])
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("count"), SOURCES, st.integers(0, 5_000), st.integers(0, DAY_MILLISECONDS // 2)),
        st.tuples(st.just("take"), SOURCES, USAGES, st.just(0)),
        st.tuples(st.just("restore"), SOURCES, USAGES, st.just(0)),
        st.tuples(st.just("forget"), SOURCES, st.none(), st.just(0)),
    ),
    max_size=20,
)


@given(ACTIONS)
def test_reads_the_sum_of_what_each_source_has_used(actions: list[tuple[str, str, object, int]]) -> None:
    """The sum that is kept up to date equals the sum worked out anew, while no source is a day ahead of the clock."""
    board, now, sources = UsageBoard(), 3 * DAY_MILLISECONDS, set()
    for action, source, value, later in actions:
        now += later
        if action == "count":
            assert isinstance(value, int)
            board.count("ws-1", source, now + value, now)
        elif action == "forget":
            board.forget(source)
            continue
        else:
            assert isinstance(value, Usage)
            (board.take if action == "take" else board.restore)("ws-1", source, value)
        sources.add(source)
    usages = [board.usage_of("ws-1", source, 0) for source in sources]
    in_second = sum(dict(usage.seconds).get(now // 1_000, 0) for usage in usages)
    in_day = sum(usage.day_messages for usage in usages if usage.day == now // DAY_MILLISECONDS)
    read = (board.rates("ws-1", (99, 9), now)[0].used, board.rates("ws-1", (9, 99), now)[1].used)
    assert read == (in_second, in_day)
