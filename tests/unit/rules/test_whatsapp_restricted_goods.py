"""The rule `whatsapp_restricted_goods`: what WhatsApp bars, however lawful it may be elsewhere."""

import pytest

from pipeline.inspection import inspect
from pipeline.lexicon_cache import packaged_matcher
from pipeline.reading.lexicon_files import Severity
from pipeline.rules.whatsapp_restricted_goods import BARRED, RULE, SUSPECTED
from pipeline.testing.builders import build_facts, build_message, build_policy, build_whatsapp, build_workspace
from pipeline.testing.readers import build_hit, build_reading


def outcome_for(category: str, severity: Severity = "strong", authorities: tuple[str, ...] = ()) -> str | None:
    """Have the rule look at a hit of a category, and give the outcome."""
    message = build_whatsapp()
    facts = build_facts(message, workspace=build_workspace(authorities=authorities))
    found = RULE.check(message, build_reading("x", build_hit(category, "6.4", severity)), facts, build_policy())
    return found.outcome.value if found else None


@pytest.mark.parametrize("category", sorted(BARRED))
def test_blocks_what_the_list_names(category: str) -> None:
    """A strong pattern is enough; a weak one is not."""
    assert outcome_for(category, "certain") == "block"
    assert outcome_for(category, "strong") == "block"
    assert outcome_for(category, "weak") is None


def test_holds_what_the_list_names_in_part() -> None:
    """A human tells a payday loan from another one."""
    assert outcome_for("finance.high-risk") == "hold"


@pytest.mark.parametrize("category", ["fraud.bank", "special-data.health", "harassment"])
def test_is_silent_about_other_categories(category: str) -> None:
    """Other rules answer for them."""
    assert outcome_for(category, "certain") is None


@pytest.mark.parametrize(
    ("category", "outcome"), [("alcohol", None), ("gambling", None), ("tobacco", "block"), ("adult", "block")]
)
def test_passes_what_meta_permits_with_a_recorded_authority(category: str, outcome: str | None) -> None:
    """Alcohol and gambling can be permitted; for the rest no authority helps."""
    assert outcome_for(category, authorities=(category,)) == outcome
    assert outcome_for(category, authorities=("special_categories",)) == "block"


def test_answers_with_metas_code() -> None:
    """The code of a template that violates the policy, and nothing of the text."""
    message = build_whatsapp()
    facts = build_facts(message)
    verdict = inspect(message, build_reading("x", build_hit("tobacco", "6.4", "strong")), facts, build_policy())
    assert "6.1" in {found.clause for found in verdict.findings}
    (found,) = [found for found in verdict.findings if found.rule_id == RULE.rule_id]
    assert found.decided_by == "third_party"


def test_is_asked_about_whatsapp_alone() -> None:
    """By SMS `carrier_content` answers, and the law of the country."""
    assert RULE.channels == ("whatsapp",)
    message = build_message()
    facts = build_facts(message)
    verdict = inspect(message, build_reading("x", build_hit("tobacco", "6.4", "strong")), facts, build_policy())
    assert RULE.rule_id not in {found.rule_id for found in verdict.findings}


def test_knows_the_categories_of_the_lexicons() -> None:
    """A category that no lexicon has would never be found."""
    assert {pattern.category for pattern in packaged_matcher().lexicons.patterns} >= BARRED | SUSPECTED
