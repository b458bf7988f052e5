"""The rule `harvested_recipients`: recipients in the order of their numbers."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.rules.harvested_recipients import RULE
from pipeline.state.choices import NO_CHOICES, Kind
from pipeline.testing.builders import (
    build_choice,
    build_choices,
    build_facts,
    build_message,
    build_policy,
    build_workspace,
)
from pipeline.testing.readers import build_reading

COUNTS = {"messages": 60, "recipients": 60, "sequential": 60}


def found_by(*alarms: Alarm, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a message under alarms."""
    message = build_message(purpose="utility")
    facts = build_facts(message, **({"choices": NO_CHOICES, "alarms": alarms} | changes))
    found = RULE.check(message, build_reading("x"), facts, build_policy())
    return (found.outcome.value, found.code) if found else None


def raised(level: Level, sign: str = "harvested") -> Alarm:
    """Raise an alarm."""
    return Alarm("workspace/ws-1", sign, level, COUNTS)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level.GROWING, ("flag", "harvested_recipients")),
        (Level.BULK, ("defer", "harvested_recipients")),
        (Level.MASS, ("defer", "harvested_recipients")),
    ],
)
def test_answers_by_level(level: Level, found: tuple[str, str] | None) -> None:
    """First a human is told, then it waits."""
    assert found_by(raised(level)) == found


def test_is_silent_without_its_alarm() -> None:
    """Other signs are other rules' matter."""
    assert found_by() is None
    assert found_by(raised(Level.MASS, "bulk")) is None


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.WITHDRAWAL])
def test_who_has_chosen_is_known_already(kind: Kind) -> None:
    """Whatever the choice: other rules judge by it."""
    assert found_by(raised(Level.BULK), choices=build_choices(build_choice(kind))) is None


@pytest.mark.parametrize(
    ("list_id", "found"),
    [("l-1", ("flag", "harvested_recipients")), ("l-2", None), ("l-3", ("flag", "harvested_recipients"))],
)
def test_a_list_with_a_basis_is_no_harvest(list_id: str, found: tuple[str, str] | None) -> None:
    """One without, or one that is not on record, may be."""
    lists = [{"id": "l-1", "lawful_basis": None}, {"id": "l-2", "lawful_basis": "consent"}]
    message = build_message(purpose="utility", list_id=list_id)
    facts = build_facts(
        message, workspace=build_workspace(lists=lists), choices=NO_CHOICES, alarms=(raised(Level.GROWING),)
    )
    answer = RULE.check(message, build_reading("x"), facts, build_policy())
    assert ((answer.outcome.value, answer.code) if answer else None) == found
