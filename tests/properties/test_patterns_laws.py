"""Laws of bulk patterns: however observations come, what is known in the end is what was seen."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns import distinct, observations
from pipeline.patterns.observations import Observation, decode, encode
from pipeline.patterns.sieve import Sieve
from pipeline.patterns.watch import Limits, Watch
from pipeline.patterns.windows import COMPLAINT, LEAD, MESSAGE, WIDTHS_SECONDS, Row, window
from pipeline.topologies.row_pages import Page, decode_page, pack_page

KEY = b"k"
KEPT = 4
"""So few that sets are cut all the time."""
START = 1_700_006_400
HASHES = st.integers(0, 40).map(lambda number: distinct.hash_of(str(number), KEY))
ROWS = st.builds(
    lambda offset, flags, recipient, sender, text: Row(
        START + offset,
        flags,
        f"ws-{sender % 2}",
        f"short_code:{sender}",
        "integration:key-1",
        "",
        recipient,
        keys=(text, text | 1 << 32, text | 2 << 32, text | 3 << 32),
        signature=bytes([text]) * 32,
    ),
    st.integers(0, 3 * 86_400) | st.integers(0, 120),
    st.sampled_from([MESSAGE, MESSAGE | LEAD, COMPLAINT]),
    HASHES,
    st.integers(0, 3),
    st.integers(1, 3),
)
SOURCES = st.sampled_from(["a", "b", "c"])
SMALL = Limits(subjects=200, texts=500)


def observed(source: str, rows: Sequence[Row]) -> list[Observation]:
    """Give what a source tells after each row: cumulative observations."""
    told = []
    observation = Observation("campaign/1", source)
    for row in rows:
        if not observation.signature:
            observation = Observation("campaign/1", source, (), row.second, row.signature)
        observation = observations.fold(observation, [row], KEY)
        told.append(observation)
    return told


def known(reports: Sequence[Observation]) -> Observation | None:
    """Merge reports as they come, source by source, and add the sources up."""
    by_source: dict[str, Observation] = {}
    for report in reports:
        have = by_source.get(report.source)
        by_source[report.source] = report if have is None else observations.merge(have, report)
    return observations.total([by_source[source] for source in sorted(by_source)]) if by_source else None


@given(st.lists(st.tuples(SOURCES, ROWS), min_size=1, max_size=25), st.data())
def test_any_split_order_repetition_and_loss_of_all_but_the_last_merges_to_the_same(
    seen: list[tuple[str, Row]], data: st.DataObject
) -> None:
    """What must arrive is each source's last observation; what else does, how often and when, changes nothing."""
    reports = [observed(source, [row for by, row in seen if by == source]) for source in "abc"]
    last = [told[-1] for told in reports if told]
    rest = [report for told in reports for report in told]
    extra = data.draw(st.lists(st.sampled_from(rest), max_size=20))
    arrived = data.draw(st.permutations(last + extra))
    assert known(arrived) == known(last)


@given(st.lists(ROWS, min_size=1, max_size=25), st.data())
def test_rows_count_the_same_however_they_are_split_and_ordered(rows: list[Row], data: st.DataObject) -> None:
    """At once, one by one, or in another order."""
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    begun = Observation("campaign/1", "a")
    whole = observations.fold(begun, rows, KEY)
    parted = begun
    for part in (shuffled[:cut], shuffled[cut:]):
        if part:
            parted = observations.fold(parted, part, KEY)
    assert parted.buckets == whole.buckets


@given(st.lists(st.tuples(SOURCES, ROWS), min_size=1, max_size=25), st.sampled_from(WIDTHS_SECONDS))
def test_what_sources_saw_together_is_what_one_would_have_seen(seen: list[tuple[str, Row]], width: int) -> None:
    """Messages and people, in the window that ends with the newest row."""
    now = max(row.second for _, row in seen)
    apart = known([told[-1] for source in "abc" if (told := observed(source, [r for by, r in seen if by == source]))])
    together = observed("one", [row for _, row in seen])[-1]
    assert apart is not None
    assert window(apart.buckets, width, now) == window(together.buckets, width, now)


@given(st.lists(ROWS, min_size=1, max_size=10))
def test_an_observation_comes_back_from_its_topic(rows: list[Row]) -> None:
    """As it was told."""
    told = observed("a", rows)[-1]
    assert decode(encode(told)) == told


@given(st.lists(ROWS, max_size=10))
def test_rows_come_back_from_the_state(rows: list[Row]) -> None:
    """As they were seen."""
    assert decode_page(pack_page(Page(1, tuple(rows), (b"",) * len(rows)))).rows == tuple(rows)


SETS = st.lists(HASHES, max_size=20).map(lambda hashes: distinct.add(b"", hashes, KEPT))


@given(SETS, SETS, SETS)
def test_sets_unite_in_any_order_and_grouping(first: bytes, second: bytes, third: bytes) -> None:
    """And once is as good as twice."""
    merged = distinct.merge(distinct.merge(first, second, KEPT), third, KEPT)
    assert merged == distinct.merge(first, distinct.merge(third, second, KEPT), KEPT)
    assert distinct.merge(merged, first, KEPT) == merged


@given(st.lists(HASHES, max_size=30), st.integers(0, 30))
def test_a_set_is_the_same_however_it_was_filled(hashes: list[bytes], cut: int) -> None:
    """At once or in two parts."""
    parted = distinct.add(distinct.add(b"", hashes[:cut], KEPT), hashes[cut:], KEPT)
    assert parted == distinct.add(b"", hashes, KEPT)


@given(st.lists(st.integers(0, 1 << 48), max_size=60))
def test_a_sieve_never_counts_less_than_there_was(keys: list[int]) -> None:
    """It may count more."""
    sieve = Sieve(8)
    for number, key in enumerate(keys):
        assert sieve.add(key, START) >= keys[: number + 1].count(key)


@settings(max_examples=60)
@given(st.lists(ROWS, min_size=1, max_size=40), st.lists(st.integers(0, 4_000), max_size=8), st.integers(0, 40))
def test_a_watch_that_dies_loses_no_message_of_a_tenant(rows: list[Row], pauses: list[int], death: int) -> None:
    """Its last owner's observations and the next one's add up to what a single owner would have told."""
    calm = {report.subject: report for report in lived(rows, pauses, None)}
    parted: dict[str, dict[str, Observation]] = {}
    for report in lived(rows, pauses, death):
        parted.setdefault(report.subject, {})[report.source] = report
    for subject, report in calm.items():
        if subject.startswith(("workspace/", "sender/", "credential/")):
            found = observations.total(parted[subject].values())
            assert found.buckets == report.buckets


def lived(rows: Sequence[Row], pauses: Sequence[int], death: int | None) -> list[Observation]:
    """Let a watch see rows, telling between them, and let another take over at one of them."""
    watch, now, told, kept = Watch("p@1", KEY, limits=SMALL), 1_000_000, list[Observation](), list[Row]()
    told_to = 0
    for at, row in enumerate(rows):
        if at == death:
            watch = Watch("p@2", KEY, limits=SMALL)
            for number, left in enumerate(kept):
                watch.see_again(left, is_campaign_told=number < told_to)
            told_to = 0
        watch.see(row)
        kept.append(row)
        now += pauses[at % len(pauses)] if pauses else 0
        due = watch.due(now)
        told += due.observations
        kept, told_to = ([], 0) if due.is_all else (kept, len(kept) if due.observations else told_to)
    return told + list(watch.due(now + 10_000).observations)
