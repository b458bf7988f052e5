"""The rule `daily_segments`: what carriers allow a brand a day."""

import pytest

from pipeline.domain.instants import to_text
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.daily_segments import RULE
from pipeline.rules.facts import BrandUse, RateReading
from pipeline.testing.builders import HOUR, NOW, build_facts, build_message, build_policy

MIDNIGHT = NOW + 17 * HOUR


def judge(limit: int, used: int, segments: int, *, spread: float = 0.0, **changes: object) -> Finding | None:
    """Have the rule look at a message whose brand has used some of its day."""
    message = build_message(**changes)
    next_free = 0 if used + segments <= limit else MIDNIGHT
    use = BrandUse("B1", segments, RateReading("day", limit, used, next_free))
    facts = build_facts(message, brand_use=use, spread=spread)
    return RULE.check(message, read_content(message.content), facts, build_policy("defer_spread_seconds = 100"))


@pytest.mark.parametrize("spread", [0.0, 0.5, 0.99])
def test_defers_to_the_next_day_spread_out(spread: float) -> None:
    """Not everything leaves at midnight."""
    found = judge(2_000, 2_000, 1, spread=spread)
    assert found is not None
    assert (found.outcome.value, found.clause, found.code) == ("defer", "6.4", "daily_segments")
    assert found.retry_at == to_text(MIDNIGHT + int(100 * spread) * 1_000)


def test_blocks_what_is_no_longer_valid_by_then() -> None:
    """A message that ends before midnight is refused at once."""
    found = judge(2_000, 2_000, 1, valid_until=to_text(MIDNIGHT - 1))
    assert found is not None
    assert (found.outcome.value, found.code) == ("block", "too_late")


@pytest.mark.parametrize(("segments", "outcome"), [(2, "defer"), (3, "defer"), (4, "block")])
def test_blocks_what_no_day_will_take(segments: int, outcome: str) -> None:
    """More segments than the whole cap: waiting would not help."""
    found = judge(3, 3, segments)
    assert found is not None
    assert found.outcome.value == outcome


def test_is_silent_while_there_is_room() -> None:
    """The last segment of the day passes."""
    assert judge(2_000, 1_999, 1) is None


def test_is_silent_when_no_cap_is_known() -> None:
    """Most senders have none."""
    message = build_message()
    assert RULE.check(message, read_content(message.content), build_facts(message), build_policy()) is None


def test_is_asked_about_sms_alone() -> None:
    """Other channels have rules of their own."""
    assert RULE.channels == ("sms",)
