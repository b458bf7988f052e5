"""Hold everything of a workspace while a security incident is open for it."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "incident"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object while the newest incident command for the workspace is an opening."""
    if facts.enforcement is None or not facts.enforcement.has_open_incident:
        return None
    return finding(RULE_ID, "3.4", Outcome.HOLD, "incident_open")


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("3.4",),
    hard=True,
    source="Acceptable use policy, account and workspace security",
    check=check,
    is_about_workspace=True,
)
