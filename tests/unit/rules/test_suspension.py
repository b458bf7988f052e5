"""The rule `suspension`: the enforcement state of the workspace decides."""

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.domain.workspaces import Workspace
from pipeline.reading.content import read_content
from pipeline.rules.suspension import RULE
from pipeline.state.enforcement import Enforcement, State
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace


def judge(workspace: Workspace | None, enforcement: Enforcement | None) -> Finding | None:
    """Have the rule look at an otherwise ordinary message."""
    message = build_message()
    facts = build_facts(message, workspace=workspace, enforcement=enforcement)
    return RULE.check(message, read_content(message.content), facts, build_policy())


def by_command(state: State) -> Finding | None:
    """Judge under a state that a command has ordered, the platform's own being active."""
    return judge(build_workspace(), Enforcement(workspace_id="ws-1", state=state))


def by_platform(state: str) -> Finding | None:
    """Judge under a state of the platform's record, without any command."""
    return judge(build_workspace(state=state), None)


@pytest.mark.parametrize("state", ["active", "throttled", "terminated"])
def test_is_silent_when_the_state_is_answered_elsewhere(state: State) -> None:
    """Active objects to nothing; throttled is the rate's matter, terminated that of clause 11.1."""
    assert (by_command(state), by_platform(state)) == (None, None)


@pytest.mark.parametrize(
    ("state", "outcome", "code"),
    [
        ("warned", Outcome.FLAG, "workspace_warned"),
        ("review", Outcome.HOLD, "workspace_in_review"),
        ("suspended", Outcome.BLOCK, "workspace_suspended"),
    ],
)
def test_does_as_the_state_says(state: State, outcome: Outcome, code: str) -> None:
    """A command and the platform's own record have the same effect."""
    found = [by_command(state), by_platform(state)]
    assert [(f.outcome, f.clause, f.code) for f in found if f] == [(outcome, "8.3", code)] * 2


@pytest.mark.parametrize("state", ["closed", "Suspended", "", "unknown"])
def test_holds_a_message_in_a_state_that_it_does_not_know(state: str) -> None:
    """A state that this version has never heard of is a missing fact."""
    found = by_platform(state)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "workspace_state_unknown")


@pytest.mark.parametrize(
    ("platform", "command"), [("warned", "suspended"), ("suspended", "warned"), ("suspended", "active")]
)
def test_takes_the_stricter_of_platform_and_command(platform: str, command: State) -> None:
    """Neither of the two can weaken the other."""
    found = judge(build_workspace(state=platform), Enforcement(workspace_id="ws-1", state=command))
    assert found is not None
    assert found.outcome is Outcome.BLOCK


def test_obeys_a_command_about_a_workspace_that_is_not_on_record() -> None:
    """A suspension does not wait for the workspace's record."""
    assert judge(None, Enforcement(workspace_id="ws-1", state="suspended")) is not None


def test_is_silent_when_nothing_is_known() -> None:
    """Without record and command there is no state; actor_and_workspace answers for the unknown workspace."""
    assert judge(None, None) is None
