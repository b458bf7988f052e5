"""Object to offers of what is illegal: drugs, weapons, forged documents, unlicensed gambling."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule
from pipeline.rules.wording_found import wording_finding

RULE_ID = "illegal_goods"


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to patterns of clause 4.1; a recorded authority (`gambling`) covers suspicions of its category."""
    if not reading.hits:
        return None
    hits = [hit for hit in reading.hits if hit.clause == "4.1"]
    return wording_finding(RULE_ID, "4.1", "illegal_goods", hits, facts, policy)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("4.1",),
    hard=True,
    source="Acceptable use policy, clause 4.1",
    check=check,
    objects_to=("hits",),
)
