"""The rule `credential_takeover`: a credential that is another than it was."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.credential_takeover import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 400, "messages_before": 100}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="utility")
    facts = build_facts(message, alarms=alarms, **changes)
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "takeover") -> Alarm:
    """Raise an alarm."""
    return Alarm("credential/ws-1:integration:key-1", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("flag", "credential_takeover")),
        (Level.BULK, ("hold", "credential_takeover")),
        (Level.MASS, ("hold", "credential_takeover")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """One change of manner is told, two wait for a human."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None
