"""Why verdicts are withdrawn, in the words and codes that a verdict would use."""

import pytest

from pipeline.domain.reasons import REASONS
from pipeline.state.enforcement import STATE_BY_COMMAND, Enforcement
from pipeline.testing.builders import build_workspace
from pipeline.topologies.revoking import Cause, cause_in_workspace

STOPPING = ["review", "suspended", "terminated", "unknown"]


def causes(state: str) -> list[Cause | None]:
    """Give the cause in a state, as the platform's record and as a command states it."""
    return [
        cause_in_workspace(build_workspace(state=state), None),
        cause_in_workspace(build_workspace(), Enforcement(workspace_id="ws-1", state=state)),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("state", STOPPING)
def test_gives_a_code_of_the_catalogue(state: str) -> None:
    """Whoever reads a revocation finds its code where the reasons of verdicts stand."""
    assert [cause.code in REASONS for cause in causes(state) if cause] == [True, True]


@pytest.mark.parametrize("state", ["closed", "CANARY-STATE"])
def test_gives_one_code_for_all_states_that_it_does_not_know(state: str) -> None:
    """A state that this version has never heard of is not repeated as a code."""
    cause = cause_in_workspace(build_workspace(state=state), None)
    assert cause is not None
    assert (cause.code, state in cause.reason) == ("workspace_state_unknown", False)


@pytest.mark.parametrize("state", [state for state in STATE_BY_COMMAND.values() if state not in STOPPING])
def test_finds_no_cause_in_a_state_that_may_send(state: str) -> None:
    """Active, warned and throttled workspaces go on sending."""
    assert causes(state) == [None, None]


@pytest.mark.parametrize(("state", "clause"), [("terminated", "11.1"), ("suspended", "8.3"), ("review", "8.3")])
def test_names_the_clause_of_the_state(state: str, clause: str) -> None:
    """A termination is clause 11.1, every lesser state 8.3."""
    assert [cause.clause for cause in causes(state) if cause] == [clause, clause]


def test_names_the_incident_before_the_state() -> None:
    """An open incident is the cause, whatever state the workspace is in."""
    cause = cause_in_workspace(None, Enforcement(workspace_id="ws-1", state="suspended", has_open_incident=True))
    assert cause is not None
    assert (cause.clause, cause.code) == ("3.4", "incident_open")
