"""The rule `incident`: while a security incident is open, everything of the workspace is held."""

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.incident import RULE
from pipeline.state.enforcement import Enforcement
from pipeline.testing.builders import build_facts, build_message, build_policy


def judge(enforcement: Enforcement | None) -> Finding | None:
    """Have the rule look at an otherwise ordinary message."""
    message = build_message()
    facts = build_facts(message, enforcement=enforcement)
    return RULE.check(message, read_content(message.content), facts, build_policy())


def test_holds_a_message_while_an_incident_is_open() -> None:
    """An open incident holds, whatever the workspace's state."""
    found = judge(Enforcement(workspace_id="ws-1", has_open_incident=True))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.HOLD, "3.4", "incident_open")


@pytest.mark.parametrize("enforcement", [None, Enforcement(workspace_id="ws-1", incident_command_id="cmd-1")])
def test_is_silent_when_no_incident_is_open(enforcement: Enforcement | None) -> None:
    """Without an incident, and after one was closed, there is nothing to object to."""
    assert judge(enforcement) is None
