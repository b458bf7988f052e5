"""The rule `bulk_spam`: what is done about a text that goes out in bulk."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.bulk_spam import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy

COUNTS = {"messages": 12, "recipients": 11, "senders": 3}


def judge(*alarms: Alarm, policy: str = "") -> Finding | None:
    """Have the rule look at a message whose subjects have raised alarms."""
    message = build_message()
    facts = build_facts(message, alarms=alarms)
    return RULE.check(message, read_content(message.content), facts, build_policy(policy))


def alarm(level: Level, sign: str = "bulk") -> Alarm:
    """Raise an alarm of a campaign."""
    return Alarm("campaign/1f#0a0b0c0d", sign, level, COUNTS, ("domains", "senders"))


@pytest.mark.parametrize(
    ("level", "outcome"),
    [
        (Level.QUIET, None),
        (Level.GROWING, None),
        (Level.BULK, Outcome.FLAG),
        (Level.MASS, Outcome.BLOCK),
    ],
)
def test_objects_more_the_higher_the_level(level: Level, outcome: Outcome | None) -> None:
    """What grows passes, bulk is flagged, mass is blocked."""
    found = judge(alarm(level))
    assert (found.outcome if found else None) == outcome


def test_passes_a_message_whose_subjects_are_as_usual() -> None:
    """Without an alarm nothing is objected."""
    assert judge() is None


def test_leaves_other_signs_to_other_rules() -> None:
    """An alarm of another sign is none of its business, however high."""
    assert judge(alarm(Level.MASS, "pumping")) is None


def test_names_the_campaign_and_its_counts() -> None:
    """The finding says which campaign it is, how many messages it had, and what speaks against it."""
    found = judge(alarm(Level.BULK))
    assert found is not None
    assert found.values == {"campaign": "campaign/1f#0a0b0c0d", **COUNTS, "signs": "domains, senders"}
    assert "12 messages to 11 recipients" in found.reason


@pytest.mark.parametrize(
    ("level", "policy"),
    [(Level.BULK, 'bulk_outcome = "hold"'), (Level.MASS, 'mass_outcome = "hold"')],
)
def test_does_what_the_policy_says(level: Level, policy: str) -> None:
    """Both outcomes are the policy's choice."""
    found = judge(alarm(level), policy=f"[patterns]\n{policy}")
    assert found is not None
    assert found.outcome is Outcome.HOLD
