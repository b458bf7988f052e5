"""Laws of the rules that answer for the patterns of one clause; each rule has a test file of its own."""

import pytest

from pipeline.reading.lexicon_files import Pattern, Severity
from pipeline.rules.rule import Rule
from pipeline.testing.builders import build_facts, build_message, build_policy
from pipeline.testing.readers import build_hit, build_reading

TEXT = "Come to the counter of our shop today"


class WordingLaws:
    """What holds for each of them; a subclass names the rule, a category that is its own, and one that is not."""

    rule: Rule
    code: str
    category: str
    others: str
    others_clause: str

    def found_by(self, *hits: Pattern) -> tuple[str, str, str] | None:
        """Have the rule look at a text with these hits, and give outcome, clause and code."""
        message = build_message(content={"type": "text", "text": TEXT})
        found = self.rule.check(message, build_reading(TEXT, *hits), build_facts(message), build_policy())
        return (found.outcome.value, found.clause, found.code) if found else None

    def own(self, severity: Severity) -> Pattern:
        """Build a hit that this rule answers for."""
        return build_hit(self.category, self.rule.clauses[0], severity)

    @pytest.mark.parametrize(("severity", "outcome"), [("severe", "block"), ("certain", "block"), ("strong", "hold")])
    def test_objects_by_severity(self, severity: Severity, outcome: str) -> None:
        """What is certain blocks, a suspicion waits for a human."""
        assert self.found_by(self.own(severity)) == (outcome, self.rule.clauses[0], self.code)

    def test_is_silent_otherwise(self) -> None:
        """Nothing found, one weak sign, or what another rule answers for."""
        assert self.found_by() is None
        assert self.found_by(self.own("weak")) is None
        assert self.found_by(build_hit(self.others, self.others_clause, "certain")) is None

    def test_names_patterns_and_nothing_of_the_text(self) -> None:
        """A finding holds ids of patterns, their category and severity."""
        message = build_message(content={"type": "text", "text": TEXT})
        hit = self.own("certain")
        found = self.rule.check(message, build_reading(TEXT, hit), build_facts(message), build_policy())
        assert found is not None
        category = self.category.replace("_", " ")
        assert found.values == {"category": category, "severity": "certain", "patterns": [hit.id]}
        assert not any(word in found.reason + found.remedy for word in ("counter", "today"))
