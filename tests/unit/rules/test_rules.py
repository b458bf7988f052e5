"""The list of rules, and what no policy may do to them."""

import pytest

from pipeline.domain.clauses import CLAUSE_BY_ID
from pipeline.domain.policies import PolicyError
from pipeline.rules import RULES, check_policy, is_hard
from pipeline.rules.rule import Rule
from pipeline.testing.builders import build_policy

HARD = sorted(rule.rule_id for rule in RULES if is_hard(rule))
SOFT = sorted(rule.rule_id for rule in RULES if not is_hard(rule))
NEEDED = 'marketing = "block", utility = "hold", service = "hold"'


def named(rule: Rule) -> str:
    """Name a rule in a test's id."""
    return rule.rule_id


def test_lists_each_rule_once() -> None:
    """No two rules share an id, because the id is also page, test and metric label."""
    assert len({rule.rule_id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_names_a_rule_after_its_module(rule: Rule) -> None:
    """Module and id share one word."""
    assert rule.check.__module__ == f"pipeline.rules.{rule.rule_id}"


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_states_clauses_and_source_of_each_rule(rule: Rule) -> None:
    """Each rule serves a clause of the policy and says where it comes from."""
    assert rule.clauses
    assert set(rule.clauses) <= CLAUSE_BY_ID.keys()
    assert rule.source


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_takes_a_rule_of_a_hard_clause_for_hard(rule: Rule) -> None:
    """A rule is hard when it says so or when one of its clauses is."""
    assert is_hard(rule) == (rule.hard or any(CLAUSE_BY_ID[clause].is_hard for clause in rule.clauses))


@pytest.mark.parametrize("mode", ["shadow", "off"])
@pytest.mark.parametrize("rule_id", HARD)
def test_refuses_a_policy_that_weakens_a_hard_rule(rule_id: str, mode: str) -> None:
    """Nobody can switch off or only watch what a hard clause demands (12.3)."""
    with pytest.raises(PolicyError, match=f"rules.{rule_id} to {mode}"):
        check_policy(build_policy(f'[rules]\n{rule_id} = {{ mode = "{mode}" }}'))


@pytest.mark.parametrize("mode", ["enforce", "shadow", "off"])
@pytest.mark.parametrize("rule_id", SOFT)
def test_accepts_a_policy_that_sets_another_rule(rule_id: str, mode: str) -> None:
    """Other rules may be watched or switched off."""
    check_policy(build_policy(f'[rules]\n{rule_id} = {{ mode = "{mode}" }}'))


def test_accepts_a_policy_that_enforces_a_hard_rule() -> None:
    """To say what is so anyway is no weakening."""
    check_policy(build_policy('[rules]\nopt_out = { mode = "enforce" }'))


def test_refuses_a_policy_that_names_no_rule() -> None:
    """A misspelt rule would silently keep its default, so the document is refused and the rules are listed."""
    with pytest.raises(PolicyError, match=r"rules.optout, which does not exist; the rules are actor_and_workspace"):
        check_policy(build_policy('[rules]\noptout = { mode = "enforce" }'))


@pytest.mark.parametrize(
    ("needed_for", "purpose"),
    [
        ("", "marketing"),
        ('utility = "hold", service = "hold"', "marketing"),
        ('marketing = "hold", utility = "hold", service = "hold"', "marketing"),
        ('marketing = "block", service = "hold"', "utility"),
        ('marketing = "block", utility = "hold"', "service"),
        ('marketting = "block", utility = "hold", service = "hold"', "marketing"),
    ],
)
def test_refuses_a_policy_that_asks_for_less_consent(needed_for: str, purpose: str) -> None:
    """Clause 6.2 is hard: its table may be stricter than the packaged one, not weaker."""
    with pytest.raises(PolicyError, match=f"consent.needed_for.*{purpose}"):
        check_policy(build_policy(f"[consent]\nneeded_for = {{ {needed_for} }}"))


@pytest.mark.parametrize("needed_for", [NEEDED, NEEDED.replace("hold", "block"), NEEDED + ', authentication = "hold"'])
def test_accepts_a_policy_that_asks_for_as_much_consent_or_more(needed_for: str) -> None:
    """More purposes and stricter outcomes are the officers' choice."""
    check_policy(build_policy(f"[consent]\nneeded_for = {{ {needed_for} }}"))
