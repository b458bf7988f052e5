"""Object to insults, extortion and debt collectors' abuse."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule
from pipeline.rules.wording_found import wording_finding

RULE_ID = "harassment"


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to patterns of clause 5.4, extortion among them; `fraud_evidence` weighs that too."""
    if not reading.hits:
        return None
    hits = [hit for hit in reading.hits if hit.clause == "5.4"]
    return wording_finding(RULE_ID, "5.4", "harassment", hits, facts, policy)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.4",),
    hard=True,
    source="Acceptable use policy, clause 5.4; 15 USC 1692d, 1692e (FDCPA); Colombia, Ley 2300 de 2023",
    check=check,
    objects_to=("hits",),
)
