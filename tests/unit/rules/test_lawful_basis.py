"""The rule `lawful_basis`: a privacy notice of the workspace, and a basis of the list, must be on record."""

import pytest

from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.lawful_basis import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

LISTS = [{"id": "l-1", "lawful_basis": None}, {"id": "l-2", "lawful_basis": "consent"}, {"id": "l-3"}]


def judge(workspace: dict[str, object] | None = None, **message: object) -> Finding | None:
    """Have the rule look at a message of a workspace with these differences."""
    built = build_message(**message)
    facts = build_facts(built, workspace=build_workspace(**(workspace or {})))
    return RULE.check(built, read_content(built.content), facts, build_policy())


@pytest.mark.parametrize("purpose", ["marketing", "utility", "service", "authentication"])
def test_lets_pass_when_the_notice_is_on_record(purpose: str) -> None:
    """A workspace that tells people what it does with their data may send."""
    assert judge(purpose=purpose) is None


@pytest.mark.parametrize("url", [None, ""])
@pytest.mark.parametrize("purpose", ["marketing", "utility", "service"])
def test_holds_when_there_is_no_notice(purpose: str, url: str | None) -> None:
    """Without a notice, or with an empty one, messages wait until there is one."""
    found = judge({"privacy_notice_url": url}, purpose=purpose)
    assert found is not None
    assert (found.clause, found.outcome.value, found.code) == ("7.1", "hold", "privacy_notice_missing")


def test_lets_a_code_pass_without_a_notice() -> None:
    """Nobody is locked out of an account because a notice is missing: the rule is not shown a code."""
    assert "authentication" not in RULE.purposes


def test_leaves_an_unknown_workspace_to_clause_1_1() -> None:
    """One reason is enough for what is not known at all."""
    message = build_message()
    facts = build_facts(message, workspace=None)
    assert RULE.check(message, read_content(message.content), facts, build_policy()) is None


@pytest.mark.parametrize(
    ("list_id", "is_held"), [("l-1", True), ("l-2", False), ("l-3", True), ("l-9", True), (None, False)]
)
def test_holds_what_goes_to_a_list_without_basis(list_id: str | None, *, is_held: bool) -> None:
    """A list must be on record with its basis once the workspace has lists at all."""
    found = judge({"lists": LISTS}, list_id=list_id, purpose="marketing")
    assert (found is not None and (found.clause, found.code) == ("4.5", "list_basis_missing")) == is_held


def test_asks_no_basis_of_a_list_when_none_is_on_record() -> None:
    """A workspace that registered no list is not held for naming one."""
    assert judge(list_id="l-1") is None
