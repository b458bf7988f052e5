"""When one sender's messages to one recipient are more than usual."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.pair_alarms import of_pair
from pipeline.patterns.windows import CODE, MESSAGE, REPLY
from tests.unit.patterns.builders import NOON, build_bucket


def raised(minute: dict[int, int], ten: dict[int, int], now: int = NOON) -> tuple[Alarm, ...]:
    """Give what the buckets of a minute and of ten raise."""
    return of_pair("pair/0", (build_bucket(60, minute), build_bucket(600, ten)), now, Thresholds())


def signs(alarms: tuple[Alarm, ...]) -> dict[str, Level]:
    """Give the levels by sign."""
    return {alarm.sign: alarm.level for alarm in alarms}


@pytest.mark.parametrize(
    ("codes", "level"),
    [(3, None), (4, Level.GROWING), (5, Level.GROWING), (7, Level.GROWING), (8, Level.BULK), (9, Level.BULK)],
)
def test_counts_codes_within_ten_minutes(codes: int, level: Level | None) -> None:
    """Whoever asks twice more for a code is no attack; the numbers are of those after the first four of a day."""
    found = signs(raised({}, {MESSAGE: codes, CODE: codes}))
    assert found == ({"code_flood": level} if level else {})


def test_codes_of_a_day_are_no_flood() -> None:
    """An hour later another one may come."""
    assert raised({}, {MESSAGE: 20, CODE: 20}, NOON + 3_600) == ()


@pytest.mark.parametrize(("messages", "is_loop"), [(9, False), (10, True), (11, True)])
def test_ten_answered_messages_in_a_minute_are_a_loop(messages: int, *, is_loop: bool) -> None:
    """No two people write so fast."""
    counts = {MESSAGE: messages, REPLY: messages}
    assert signs(raised(counts, {MESSAGE: max(10, messages), REPLY: messages})) == ({"loop": 2} if is_loop else {})


@pytest.mark.parametrize(("messages", "is_loop"), [(49, False), (50, True), (51, True)])
def test_fifty_answered_messages_in_ten_minutes_are_a_loop(messages: int, *, is_loop: bool) -> None:
    """A chat with a person is slower than that."""
    counts = {MESSAGE: messages, REPLY: messages}
    assert signs(raised({MESSAGE: 5, REPLY: 5}, counts)) == ({"loop": 2} if is_loop else {})


@pytest.mark.parametrize(("replies", "is_loop"), [(7, False), (8, True), (9, True)])
def test_a_machine_answers_nearly_all(replies: int, *, is_loop: bool) -> None:
    """Who answers some of them reads."""
    counts = {MESSAGE: 10, REPLY: replies}
    assert bool(raised(counts, counts)) is is_loop


def test_a_burst_without_answers_is_no_loop() -> None:
    """It may be anything; plans and campaigns are counted elsewhere."""
    assert raised({MESSAGE: 100}, {MESSAGE: 100}) == ()
