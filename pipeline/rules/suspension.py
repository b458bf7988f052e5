"""Do as the workspace's enforcement state says: watch, throttle, keep back or block."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "suspension"

_SILENT = ("active", "throttled", "terminated")
"""States that object elsewhere or not at all: a throttled workspace by its rate (plan_rate), a closed one by 11.1."""
_BY_STATE = {
    "warned": (Outcome.FLAG, "workspace_warned"),
    "review": (Outcome.HOLD, "workspace_in_review"),
    "suspended": (Outcome.BLOCK, "workspace_suspended"),
}


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object by the stricter of the platform's own record and what commands have ordered."""
    found: Finding | None = None
    for state in states(facts):
        if state in _SILENT:
            continue
        outcome, code = _BY_STATE.get(state, (Outcome.HOLD, "workspace_state_unknown"))
        if found is None or found.outcome < outcome:
            found = finding(RULE_ID, "8.3", outcome, code)
    return found


def states(facts: Facts) -> tuple[str, ...]:
    """List the states that are in force for the message's workspace: the platform's, and that of the commands."""
    by_platform = (facts.workspace.record.state,) if facts.workspace else ()
    by_command = (facts.enforcement.state,) if facts.enforcement else ()
    return by_platform + by_command


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("8.3",),
    hard=True,
    source="Acceptable use policy, fair use",
    check=check,
    is_about_workspace=True,
)
