"""The command `clauses`: what it lists, and when it finds fault."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.apps.clauses import CHECKOUT, as_table, clauses, coverage_of
from pipeline.domain.clauses import CLAUSE_BY_ID, CLAUSES
from pipeline.rules import RULES
from pipeline.rules.consent import RULE as CONSENT
from pipeline.rules.opt_out import RULE as OPT_OUT


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(clauses, arguments)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout in which the rule `consent` has page and test, and no other rule has."""
    for path in ("docs/rules/consent.md", "tests/unit/rules/test_consent.py"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("written", encoding="utf-8")
    return tmp_path


def test_lists_every_clause_with_its_rules_and_pages() -> None:
    """Each clause has a line, which names its rules and their pages."""
    lines = run().output.splitlines()
    (line,) = [line for line in lines if line.startswith("6.3 ")]
    assert len(lines) == 1 + len(CLAUSES)
    assert all(word in line for word in ("hard", "opt_out", "opt-out obligations", "docs/rules/opt_out.md"))


def test_ends_well_when_it_only_lists() -> None:
    """To list is no judgement."""
    assert run().exit_code == 0


def test_marks_a_clause_without_rule() -> None:
    """A clause that nothing enforces has a dash where its rules would stand."""
    (_, line) = as_table([coverage_of(CLAUSE_BY_ID["4.3"], (), Path())])
    assert line.split() == ["4.3", "hard", "-", "malware", "-"]


def test_prints_the_same_as_json() -> None:
    """Machines get id, text, hardness, rules, pages, and what is missing."""
    (entry,) = [entry for entry in json.loads(run("--json").output) if entry["id"] == "3.4"]
    assert entry == {
        "id": "3.4",
        "text": "notify of unauthorised access",
        "hard": True,
        "rules": ["incident"],
        "pages": ["docs/rules/incident.md"],
        "missing": [],
    }


def test_finds_fault_with_what_is_not_covered() -> None:
    """At this stage many clauses have no rule: each is listed, and the exit code says so."""
    result = run("--check")
    listed = {line.split()[0] for line in result.stdout.splitlines()}
    enforced = {clause for rule in RULES for clause in rule.clauses}
    assert (result.exit_code, listed) == (1, {clause.id for clause in CLAUSES} - enforced)


def test_lists_only_what_is_not_covered_as_json_too() -> None:
    """The options can be combined."""
    result = run("--check", "--json")
    assert (result.exit_code, all(entry["missing"] for entry in json.loads(result.stdout))) == (1, True)


def test_covers_a_clause_whose_rule_has_page_and_test(checkout: Path) -> None:
    """Rule, page and test make a clause covered."""
    assert coverage_of(CLAUSE_BY_ID["6.2"], (CONSENT,), checkout).is_covered


@pytest.mark.parametrize("lost", ["docs/rules/consent.md", "tests/unit/rules/test_consent.py"])
def test_names_the_page_or_test_that_is_missing(checkout: Path, lost: str) -> None:
    """A rule without its page, or without its test, covers nothing."""
    (checkout / lost).unlink()
    (problem,) = coverage_of(CLAUSE_BY_ID["6.2"], (CONSENT,), checkout).missing
    assert problem.endswith(lost)


def test_finds_fault_when_one_of_several_rules_is_not_written_out(checkout: Path) -> None:
    """A clause with two rules needs both to have page and test."""
    also = OPT_OUT._replace(clauses=("6.2",))
    missing = coverage_of(CLAUSE_BY_ID["6.2"], (CONSENT, also), checkout).missing
    assert [problem.partition(":")[0] for problem in missing] == ["opt_out", "opt_out"]


def test_asks_for_no_pages_where_there_are_none_at_all(tmp_path: Path) -> None:
    """An installed package has neither pages nor tests; there only rules count."""
    assert coverage_of(CLAUSE_BY_ID["6.2"], (CONSENT,), tmp_path).is_covered


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_finds_page_and_test_of_every_rule_of_this_checkout(rule: object) -> None:
    """Every rule that is listed has its page and its test."""
    problems = [coverage_of(CLAUSE_BY_ID[clause], RULES, CHECKOUT).missing for clause in rule.clauses]  # type: ignore[attr-defined]
    assert problems == [()] * len(problems)
