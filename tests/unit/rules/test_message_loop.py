"""The rule `message_loop`: machines that answer each other must pause."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.instants import to_text
from pipeline.rules.message_loop import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, instant
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 12, "replies": 12, "seconds": 60}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="service")
    facts = build_facts(message, alarms=alarms, **changes)
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "loop") -> Alarm:
    """Raise an alarm."""
    return Alarm("pair/0", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("defer", "message_loop")),
        (Level.BULK, ("defer", "message_loop")),
        (Level.MASS, ("defer", "message_loop")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """Each message waits."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None


def test_waits_ten_minutes() -> None:
    """Then the counts of the loop are over, if nothing has fed it."""
    message = build_message(purpose="service")
    facts = build_facts(message, alarms=(raised(Level.BULK),))
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    assert found is not None
    assert found.retry_at == to_text(facts.now_milliseconds + 600_000)


@pytest.mark.parametrize(("seconds", "outcome"), [(599, "block"), (600, "defer"), (601, "defer")])
def test_blocks_what_would_come_too_late(seconds: int, outcome: str) -> None:
    """Its sender has said until when it is good."""
    message = build_message(purpose="service", valid_until=instant(seconds * 1_000))
    facts = build_facts(message, alarms=(raised(Level.BULK),))
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    assert found is not None
    assert found.outcome.value == outcome
