"""The rule `number_enumeration`: who walks through numbers is stopped."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.number_enumeration import RULE
from pipeline.state.choices import NO_CHOICES, Kind
from pipeline.testing.builders import build_choice, build_choices, build_facts, build_message, build_policy
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 40, "recipients": 40, "sequential": 38, "failures": 0}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="authentication")
    facts = build_facts(message, **({"choices": NO_CHOICES, "alarms": alarms} | changes))
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "enumeration") -> Alarm:
    """Raise an alarm."""
    return Alarm("range/ws-1:+1206555", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("flag", "number_enumeration")),
        (Level.BULK, ("block", "number_enumeration")),
        (Level.MASS, ("block", "number_enumeration")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """A flag for many numbers, a block for order or failures."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.WITHDRAWAL])
def test_who_has_chosen_is_known_already(kind: Kind) -> None:
    """Whatever the choice: other rules judge by it."""
    assert found_by(raised(Level.BULK), choices=build_choices(build_choice(kind))) is None


def test_objects_also_when_choices_are_not_known() -> None:
    """What can't be asked excuses nobody."""
    assert found_by(raised(Level.BULK), choices=None) == ("block", "number_enumeration")
