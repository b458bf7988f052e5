"""Weigh the signs of fraud in a message together: its wording, its links, the brands it names, the pressure it makes.

The signs are counted in `fraud_signs.py`; weights and thresholds stand in the policy.
"""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.fraud_signs import MODEL, signs_of_fraud
from pipeline.rules.rule import Rule, finding

RULE_ID = "fraud_evidence"


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object from the flag's score on; block only if independent kinds of sign come together, what a model says apart.

    A one-time code without a link is at most flagged: whoever waits for it must not wait in vain.
    """
    if not reading.is_whole:
        return finding(RULE_ID, "2.3", Outcome.HOLD, "content_unread")
    if not (reading.links or reading.hits or reading.brands or reading.fraud_score):
        return None
    signs = signs_of_fraud(reading, facts, policy)
    settings = policy.document.content
    score = sum(signs.values())
    if score < settings.flag_score:
        return None
    certain = score - signs.get(MODEL, 0.0)
    if certain < settings.hold_score or ("code" in reading.features and not reading.links):
        outcome = Outcome.FLAG
    elif certain >= settings.block_score and len(signs) - (MODEL in signs) >= settings.block_kinds_min:
        outcome = Outcome.BLOCK
    else:
        outcome = Outcome.HOLD
    values = {"score": round(score, 2), "signs": ", ".join(signs), "weights": signs}
    return finding(RULE_ID, "2.3", outcome, "fraud_suspected", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.3", "5.4"),
    hard=True,
    source="Acceptable use policy, clauses 2.3 and 5.4; rules/sensitive.md (smishing signs); our own measurements",
    check=check,
)
