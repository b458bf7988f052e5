"""The rule `harassment`: patterns of clause 5.4 decide, whatever their words are."""

import pytest

from pipeline.reading.lexicon_files import Pattern, Severity
from pipeline.rules.harassment import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_hit, build_reading

TEXT = "Come to the counter of our shop today"


def found_by(*hits: Pattern) -> tuple[str, str, str] | None:
    """Have the rule look at a text with these hits, and give outcome, clause and code."""
    message = build_message(content={"type": "text", "text": TEXT})
    found = RULE.check(message, build_reading(TEXT, *hits), build_facts(message), build_policy())
    return (found.outcome.value, found.clause, found.code) if found else None


@pytest.mark.parametrize(("severity", "outcome"), [("severe", "block"), ("certain", "block"), ("strong", "hold")])
def test_objects_by_severity(severity: Severity, outcome: str) -> None:
    """What is certain blocks, a suspicion waits for a human."""
    assert found_by(build_hit("debt_abuse", "5.4", severity)) == (outcome, "5.4", "harassment")


@pytest.mark.parametrize(
    "hits",
    [(), (build_hit("debt_abuse", "5.4", "weak"),), (build_hit("threats", "4.4", "certain"),)],
    ids=["none", "weak", "other"],
)
def test_is_silent_otherwise(hits: tuple[Pattern, ...]) -> None:
    """Nothing found, one weak sign, or what another rule answers for."""
    assert found_by(*hits) is None


def test_names_patterns_and_nothing_of_the_text() -> None:
    """A finding holds ids of patterns, their category and severity."""
    message = build_message(content={"type": "text", "text": TEXT})
    hit = build_hit("debt_abuse", "5.4", "certain")
    found = RULE.check(message, build_reading(TEXT, hit), build_facts(message), build_policy())
    assert found is not None
    assert found.values == {"category": "debt_abuse".replace("_", " "), "severity": "certain", "patterns": [hit.id]}
    assert not any(word in found.reason + found.remedy for word in ("counter", "today"))
