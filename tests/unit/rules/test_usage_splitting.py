"""The rule `usage_splitting`: one campaign over several senders."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.usage_splitting import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 60, "senders": 4, "workspaces": 2}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="marketing")
    facts = build_facts(message, alarms=alarms, **changes)
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "split") -> Alarm:
    """Raise an alarm."""
    return Alarm("campaign/0#00", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.BULK, ("flag", "usage_splitting")),
        (Level.MASS, ("defer", "usage_splitting")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """A flag for billing, then it waits."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None
