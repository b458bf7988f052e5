"""What workers hold of the pattern plane's word: which message a signal is about, how long it counts, and silence."""

import msgspec
import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import signals
from pipeline.patterns.signals import PLANE_KEY, Heartbeat, Signal, key_of
from pipeline.patterns.subjects import range_subject
from pipeline.patterns.windows import MESSAGE, Row
from pipeline.reading.distinct_text import DistinctText
from pipeline.topologies.pattern_board import PatternBoard, strongest
from pipeline.wire import Undecodable

NOW = 1_795_532_400
KEY = b"k" * 16
TEXT = DistinctText("claim your spring reward before midnight at ~")
OTHER = DistinctText("claim the parcel that waits for you in the shop")


def row(text: DistinctText = TEXT) -> Row:
    """Make the row of a message with a text."""
    return Row(
        NOW,
        MESSAGE,
        "ws-1",
        "phone_number:+447700900111",
        "integration:key-1",
        "+447700900",
        b"123456",
        b"",
        text.fingerprint.keys,
        text.signature,
    )


def signal(
    subject: str, level: Level = Level.BULK, sign: str = "bulk", until: int = NOW + 60, text: DistinctText | None = None
) -> Signal:
    """Word a signal."""
    alarm = Alarm(subject, sign, level, {"messages": 10})
    signature = text.signature if text is not None else b""
    return Signal(alarm=alarm, signature=signature, told_second=NOW, until_second=until)


def board(*told: Signal) -> PatternBoard:
    """Have a board hear signals."""
    heard = PatternBoard()
    for each in told:
        heard.absorb(key_of(each.alarm).decode(), signals.encode(each))
    return heard


def campaign(text: DistinctText = TEXT) -> str:
    """Name the campaign of a text by its first key."""
    return f"campaign/{text.fingerprint.keys[0]:x}#{text.signature[:4].hex()}"


@pytest.mark.parametrize(
    "subject",
    [
        "workspace/ws-1",
        "sender/phone_number:+447700900111",
        "credential/ws-1:integration:key-1",
        range_subject("ws-1", "+447700900"),
    ],
)
def test_gives_the_alarms_of_each_subject_of_a_message(subject: str) -> None:
    """Workspace, sender, credential and range of a message have their signals."""
    assert [alarm.subject for alarm in board(signal(subject)).alarms_of(row(), KEY, NOW)] == [subject]


@pytest.mark.parametrize("subject", ["workspace/ws-2", "sender/phone_number:+447700900112"])
def test_gives_no_alarm_of_other_subjects(subject: str) -> None:
    """What is told of somebody else is no fact about this message."""
    assert board(signal(subject)).alarms_of(row(), KEY, NOW) == ()


def test_gives_the_alarm_of_a_campaign_to_texts_that_are_like_it_alone() -> None:
    """Under one key there may be several campaigns: the signature decides."""
    assert len(board(signal(campaign(), text=TEXT)).alarms_of(row(), KEY, NOW)) == 1
    assert board(signal(campaign(), text=OTHER)).alarms_of(row(), KEY, NOW) == ()


@pytest.mark.parametrize(("now", "counts"), [(NOW + 59, True), (NOW + 60, False), (NOW + 61, False)])
def test_counts_a_signal_until_its_second(now: int, *, counts: bool) -> None:
    """A signal that nobody renews ends by itself."""
    assert bool(board(signal("workspace/ws-1")).alarms_of(row(), KEY, now)) is counts


def test_ends_a_signal_by_a_tombstone() -> None:
    """The plane takes back what is over."""
    heard = board(signal("workspace/ws-1"))
    heard.absorb("pattern/workspace/ws-1/bulk", None)
    assert heard.alarms_of(row(), KEY, NOW) == ()


def test_drops_what_a_record_said_before_when_it_can_no_longer_be_read() -> None:
    """A record of another version is refused, and nothing old stands in for it."""
    heard = board(signal("workspace/ws-1"))
    with pytest.raises(Undecodable):
        heard.absorb("pattern/workspace/ws-1/bulk", b"{}")
    assert heard.alarms_of(row(), KEY, NOW) == ()


def heard_at(second: int) -> PatternBoard:
    """Have a board hear the plane itself."""
    heard = PatternBoard()
    heard.absorb(PLANE_KEY.decode(), msgspec.json.encode(Heartbeat(told_second=second)))
    return heard


@pytest.mark.parametrize(("silent", "ages"), [(29, []), (30, []), (31, [31])])
def test_says_how_long_the_plane_is_silent(silent: int, ages: list[int]) -> None:
    """Beyond the policy's seconds verdicts say that patterns are degraded."""
    found = heard_at(NOW - silent).degraded(Thresholds(), NOW)
    assert [each.age_seconds for each in found] == ages
    assert {each.check for each in found} <= {"patterns"}


@pytest.mark.parametrize("is_expected", [False, True])
def test_misses_a_plane_that_was_never_heard_of_only_where_it_is_expected(*, is_expected: bool) -> None:
    """Who runs no plane is not told that it is missing, unless the policy expects one."""
    assert bool(PatternBoard().degraded(Thresholds(plane_expected=is_expected), NOW)) is is_expected


def test_keeps_of_one_sign_the_highest_level() -> None:
    """Own counts and the plane's may differ: the higher stands, and other signs stand beside it."""
    low, high = Alarm("campaign/1", "bulk", Level.BULK, {}), Alarm("campaign/2", "bulk", Level.MASS, {})
    split = Alarm("campaign/1", "split", Level.BULK, {})
    assert strongest((low, high, split)) == (high, split)
