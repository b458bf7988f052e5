"""Block a message asked for by somebody whose access was removed, also when it was queued before."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "membership"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless the member or credential is active now, whatever it was when the message was queued."""
    if facts.actor is None or facts.actor.state == "active":
        return None
    return finding(RULE_ID, "3.2", Outcome.BLOCK, "member_removed", {"state": facts.actor.state})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("3.2",),
    hard=True,
    source="Acceptable use policy, account and workspace security",
    check=check,
)
