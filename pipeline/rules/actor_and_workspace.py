"""Hold a message whose workspace or actor is missing or unknown: the policy applies to all, so nobody is nobody."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "actor_and_workspace"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when it can't be told who sends: name the fact that is missing."""
    if facts.workspace is not None and facts.actor is not None:
        return None
    if message.workspace_id is None:
        code = "workspace_missing"
    elif facts.workspace is None:
        code = "workspace_unknown"
    elif message.actor is None:
        code = "actor_missing"
    else:
        code = "actor_unknown"
    return finding(RULE_ID, "1.1", Outcome.HOLD, code)


RULE = Rule(
    rule_id=RULE_ID, clauses=("1.1",), hard=True, source="Acceptable use policy, purpose and scope", check=check
)
