"""The rule `termination`: a closed workspace sends nothing."""

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.termination import RULE
from pipeline.state.enforcement import Enforcement, State
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace


def judge(platform: str, command: State | None) -> Finding | None:
    """Have the rule look at a message under the platform's state and, if any, that of a command."""
    message = build_message()
    enforcement = Enforcement(workspace_id="ws-1", state=command) if command else None
    facts = build_facts(message, workspace=build_workspace(state=platform), enforcement=enforcement)
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize(
    ("platform", "command"), [("terminated", None), ("active", "terminated"), ("terminated", "active")]
)
def test_blocks_everything_of_a_closed_workspace(platform: str, command: State | None) -> None:
    """The platform's record and a command each close a workspace, whatever the other says."""
    found = judge(platform, command)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "11.1", "workspace_terminated")


@pytest.mark.parametrize(("platform", "command"), [("active", None), ("suspended", "suspended"), ("warned", "review")])
def test_is_silent_while_the_workspace_is_not_closed(platform: str, command: State | None) -> None:
    """Every lesser state is another rule's matter."""
    assert judge(platform, command) is None
