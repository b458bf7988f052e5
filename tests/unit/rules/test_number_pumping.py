"""The rule `number_pumping`: codes that nobody uses."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.number_pumping import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_reading

COUNTS = {"codes": 40, "recipients": 40, "verified": 0}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="authentication")
    facts = build_facts(message, alarms=alarms, **changes)
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "pumping") -> Alarm:
    """Raise an alarm."""
    return Alarm("range/ws-1:+1206555", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("flag", "number_pumping")),
        (Level.BULK, ("block", "number_pumping")),
        (Level.MASS, ("block", "number_pumping")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """First a human is told, then it is stopped."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None


@pytest.mark.parametrize("purpose", ["marketing", "utility", "service"])
def test_is_never_shown_other_purposes(purpose: str) -> None:
    """Only codes are pumped."""
    assert purpose not in RULE.purposes
