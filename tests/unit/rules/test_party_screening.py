"""The rule `party_screening`: names on the sanctions list, and the list's age."""

import pytest
from msgspec.structs import replace

from pipeline.domain.sanctions import PartyMatch
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.party_screening import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

STRONG, WEAK = PartyMatch("7", is_weak=False), PartyMatch("8", is_weak=True)


def judge(*matches: PartyMatch, authorities: tuple[str, ...] = (), days: int | None = 0) -> Finding | None:
    """Have the rule look at a message of a workspace that was screened."""
    message = build_message()
    workspace = replace(build_workspace(authorities=list(authorities)), party_matches=matches)
    facts = build_facts(message, workspace=workspace, party_list_days=days)
    return RULE.check(message, read_content(message.content), facts, build_policy())


def test_holds_a_workspace_whose_name_is_on_the_list() -> None:
    """A human must look: a name alone is no proof."""
    found = judge(STRONG)
    assert found is not None
    assert (found.outcome.value, found.clause, found.code) == ("hold", "2.2", "party_match")
    assert found.values == {"entry": "7", "matches": 1}


def test_flags_a_weak_alias() -> None:
    """It proves little, so messages pass and a human is told."""
    found = judge(WEAK)
    assert found is not None
    assert (found.outcome.value, found.code) == ("flag", "party_weak_match")


def test_takes_the_strong_match_of_several() -> None:
    """The strictest decides, and the finding says how many there are."""
    found = judge(STRONG, WEAK)
    assert found is not None
    assert (found.outcome.value, found.values) == ("hold", {"entry": "7", "matches": 2})


@pytest.mark.parametrize(
    ("authorities", "outcome"),
    [
        (("sanctions_cleared:7",), "flag"),
        (("sanctions_cleared:8",), "hold"),
        (("sanctions_cleared:7", "sanctions_cleared:8"), None),
        (("sanctions_cleared",), "hold"),
    ],
)
def test_is_silent_on_what_a_human_has_cleared(authorities: tuple[str, ...], outcome: str | None) -> None:
    """A clearance is for one entry, recorded with the workspace."""
    found = judge(STRONG, WEAK, authorities=authorities)
    assert (found.outcome.value if found else None) == outcome


@pytest.mark.parametrize(("days", "is_silent"), [(None, True), (-1, True), (29, True), (30, True), (31, False)])
def test_holds_when_the_list_is_too_old(days: int | None, *, is_silent: bool) -> None:
    """Above thirty days nobody knows who is on the list; without a real list `degraded` says so."""
    found = judge(days=days)
    assert (found is None) == is_silent
    if found is not None:
        assert (found.outcome.value, found.code) == ("hold", "party_list_stale")
        assert found.values == {"age_days": 31, "days_max": 30}


def test_is_silent_without_a_match() -> None:
    """Nearly every workspace."""
    assert judge() is None


def test_is_silent_when_the_workspace_is_not_known() -> None:
    """Actor_and_workspace answers for it."""
    message = build_message()
    facts = build_facts(message, workspace=None)
    assert RULE.check(message, read_content(message.content), facts, build_policy()) is None
