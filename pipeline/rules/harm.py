"""Object to threats, incitement, hate and encouragement of self-harm; tell a human of concern about self-harm."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.rules.wording_found import values_of, wording_finding

RULE_ID = "harm"
CONCERN = ("concern", "self_harm_concern")
"""Last part of the category of lexicons that find somebody in danger instead of somebody dangerous."""


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to patterns of clause 4.4. Words of somebody in danger from themselves are delivered; a human is told."""
    if not reading.hits:
        return None
    hits = [hit for hit in reading.hits if hit.clause == "4.4"]
    concern = [hit for hit in hits if hit.category.rpartition(".")[2] in CONCERN]
    found = wording_finding(RULE_ID, "4.4", "harm", [hit for hit in hits if hit not in concern], facts, policy)
    if found is None and concern:
        return finding(RULE_ID, "4.4", Outcome.FLAG, "self_harm_concern", values_of(concern))
    return found


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("4.4",),
    hard=True,
    source="Acceptable use policy, clause 4.4",
    check=check,
    objects_to=("hits",),
)
