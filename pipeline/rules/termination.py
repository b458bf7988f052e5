"""Block everything of a workspace that is closed, also what was queued before."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.rules.suspension import states

RULE_ID = "termination"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when the platform's record or a command says that the workspace is terminated."""
    if "terminated" not in states(facts):
        return None
    return finding(RULE_ID, "11.1", Outcome.BLOCK, "workspace_terminated")


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("11.1",),
    hard=True,
    source="Acceptable use policy, suspension and termination",
    check=check,
    is_about_workspace=True,
)
