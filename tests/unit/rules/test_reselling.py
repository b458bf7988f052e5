"""The rule `reselling`: sending for others without a grant."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.reselling import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 60, "domains": 12, "foreign_links": 60}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="utility")
    facts = build_facts(message, alarms=alarms, **changes)
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "reselling") -> Alarm:
    """Raise an alarm."""
    return Alarm("workspace/ws-1", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("flag", "reselling")),
        (Level.BULK, ("hold", "reselling")),
        (Level.MASS, ("hold", "reselling")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """A dozen domains are told, many wait for a human."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None


@pytest.mark.parametrize("authority", ["resale", "reselling"])
def test_a_grant_permits_it(authority: str) -> None:
    """It stands with the workspace."""
    assert found_by(raised(Level.BULK), workspace=build_workspace(authorities=[authority])) is None


def test_another_authority_permits_nothing() -> None:
    """Nor does an unknown workspace."""
    assert found_by(raised(Level.BULK), workspace=build_workspace(authorities=["alcohol"])) == ("hold", "reselling")
    assert found_by(raised(Level.BULK), workspace=None) == ("hold", "reselling")
