"""The rule `bought_list`: lists as they are bought."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.bought_list import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 400, "failures": 200, "complaints": 3, "opt_outs": 9, "unknown_consents": 300}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="marketing")
    facts = build_facts(message, alarms=alarms, **changes)
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "bought_list") -> Alarm:
    """Raise an alarm."""
    return Alarm("workspace/ws-1", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("flag", "bought_list")),
        (Level.BULK, ("hold", "bought_list")),
        (Level.MASS, ("hold", "bought_list")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """One sign is told, two wait for a human."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None


def test_tells_of_a_sender_that_people_complain_about() -> None:
    """Without holding anything for it."""
    assert found_by(raised(Level.GROWING, "complaints")) == ("flag", "sender_complaints")


@pytest.mark.parametrize("purpose", ["authentication", "service"])
def test_is_never_shown_other_purposes(purpose: str) -> None:
    """Who waits for a code or an answer is on no list."""
    assert purpose not in RULE.purposes
