"""Laws of the pattern plane: however observations come, the signals in the end are those of what was seen."""

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import observations
from pipeline.patterns.observations import Observation
from pipeline.patterns.plane import Note, Plane, decode_kept, encode_kept
from pipeline.patterns.signals import decode
from pipeline.patterns.windows import FOREIGN_LINK, LEAD, MESSAGE, UNKNOWN_CONSENT, Row
from tests.properties.test_patterns_laws import HASHES, KEY

START = 1_700_006_400
SOURCES = ("a#1", "b#1", "c#2")
SENSITIVE = Thresholds(bulk_messages=4, plain_messages=6)
"""So low that a handful of messages crosses the levels."""
SIGNATURES = {"a#1": bytes(32), "b#1": bytes(32), "c#2": bytes([7]) * 32}
"""Two partitions saw one campaign, a third another one under the same key."""
ROWS = st.builds(
    lambda offset, flags, recipient, sender: Row(
        START + offset, flags, f"ws-{sender % 2}", f"short_code:{sender}", "integration:key-1", "", recipient
    ),
    st.integers(0, 600),
    st.sampled_from([MESSAGE, MESSAGE | UNKNOWN_CONSENT, MESSAGE | UNKNOWN_CONSENT | LEAD | FOREIGN_LINK]),
    HASHES,
    st.integers(0, 3),
)
SEEN = st.lists(st.tuples(st.sampled_from(SOURCES), ROWS), min_size=1, max_size=40)
Said = Mapping[bytes, tuple[int, tuple[str, ...]]]


def told_by(source: str, rows: Sequence[Row]) -> list[Observation]:
    """Give what a source tells after each of its rows."""
    told = []
    observation = Observation("campaign/1", source, (), START, SIGNATURES[source])
    for row in rows:
        observation = observations.fold(observation, [row], KEY)
        told.append(observation)
    return told


class Topic:
    """What stands on the compacted topic of signals."""

    def __init__(self) -> None:
        """Begin empty."""
        self.values: dict[bytes, bytes] = {}

    def write(self, notes: Sequence[Note]) -> None:
        """Write notes."""
        for note in notes:
            if note.value is None:
                self.values.pop(note.key, None)
            else:
                self.values[note.key] = note.value

    def said(self) -> Said:
        """Give the levels and signs that are told, without when."""
        signals = {key: decode(value).alarm for key, value in self.values.items()}
        return {key: (alarm.level, alarm.signs) for key, alarm in signals.items()}


def signals_of(arrived: Sequence[Observation], now: int) -> Said:
    """Give what is told in the end, by a plane that takes observations as they come."""
    plane, topic = Plane(SENSITIVE), Topic()
    for observation in arrived:
        topic.write(plane.take(observation, now))
    return topic.said()


@given(SEEN, st.data())
def test_any_order_repetition_and_loss_of_all_but_the_last_end_in_the_same_signals(
    seen: list[tuple[str, Row]], data: st.DataObject
) -> None:
    """What must arrive is each source's last observation; what else does, how often and when, changes nothing."""
    reports = [told_by(source, [row for by, row in seen if by == source]) for source in SOURCES]
    last = [told[-1] for told in reports if told]
    rest = [report for told in reports for report in told]
    arrived = data.draw(st.permutations(last + data.draw(st.lists(st.sampled_from(rest), max_size=20))))
    assert signals_of(arrived, START + 600) == signals_of(last, START + 600)


@given(SEEN, st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "note", "keep"])), max_size=4))
def test_crashes_change_no_signal(seen: list[tuple[str, Row]], crashes: list[tuple[int, str]]) -> None:
    """A plane that dies before or after it wrote its notes, or kept a subject, ends in the signals of a calm run."""
    by_source: dict[str, list[Row]] = {}
    arrived = []
    for source, row in seen:
        by_source.setdefault(source, []).append(row)
        arrived.append(told_by(source, by_source[source])[-1])
    now = START + 600
    deaths = dict(crashes)
    plane, topic, table = Plane(SENSITIVE), Topic(), dict[str, bytes]()
    at = 0
    while at < len(arrived):
        death = deaths.pop(at, None)
        notes = plane.take(arrived[at], now)
        if death != "":
            topic.write(notes)
        if death not in ("", "note"):
            kept = plane.kept("campaign/1")
            assert kept is not None
            table["campaign/1"] = encode_kept(kept)
        if death is None:
            at += 1
        else:
            plane = Plane(SENSITIVE)
            for subject, value in table.items():
                plane.restore(subject, decode_kept(value))
            topic.write(plane.tick(now).notes)
    topic.write(plane.tick(now).notes)
    assert topic.said() == signals_of(arrived, now)


@given(SEEN, st.lists(st.integers(1, 50_000), max_size=30))
@settings(max_examples=50)
def test_every_signal_ends_when_nothing_is_left_to_count(seen: list[tuple[str, Row]], steps: list[int]) -> None:
    """Whatever was told, two days after the last message no signal stands, and no subject is held."""
    plane, topic = Plane(SENSITIVE), Topic()
    for source in SOURCES:
        for observation in told_by(source, [row for by, row in seen if by == source]):
            topic.write(plane.take(observation, START + 600))
    now = START + 600
    for step in [*steps, 2 * 86_400]:
        now += step
        topic.write(plane.tick(now).notes)
        assert all(decode(value).until_second > now for value in topic.values.values())
    assert topic.values == {}
    assert len(plane) == 0
