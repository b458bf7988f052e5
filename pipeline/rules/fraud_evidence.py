"""Weigh the signs of fraud in a message together: its wording, its links, the brands it names, the pressure it makes.

The signs are counted in `fraud_signs.py` and, for the model's, `model_sign.py`; weights and thresholds stand in the
policy.
"""

from collections.abc import Mapping

from pipeline.domain.content_settings import ContentSettings
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.model import MODEL_VERSION
from pipeline.rules.facts import Facts
from pipeline.rules.fraud_signs import signs_of_fraud
from pipeline.rules.model_sign import weight_of_model
from pipeline.rules.rule import Rule, finding

RULE_ID = "fraud_evidence"


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object from the flag's score on; block only if independent kinds of sign come together.

    A one-time code without a link is at most flagged: whoever waits for it must not wait in vain.
    """
    if not reading.is_whole:
        return finding(RULE_ID, "2.3", Outcome.HOLD, "content_unread")
    if not (reading.links or reading.hits or reading.brands or "phone" in reading.features):
        return None
    signs = signs_of_fraud(reading, facts, policy)
    settings = policy.document.content
    score = sum(signs.values())
    if score < settings.flag_score:
        return _alike(reading, signs, settings)
    if score < settings.hold_score or ("code" in reading.features and not reading.links):
        outcome = Outcome.FLAG
    elif score >= settings.block_score and len(signs) >= settings.block_kinds_min:
        outcome = Outcome.BLOCK
    else:
        outcome = Outcome.HOLD
    values = {"score": round(score, 2), "signs": ", ".join(signs), "weights": signs}
    return finding(RULE_ID, "2.3", outcome, "fraud_suspected", values)


def _alike(reading: Reading, signs: Mapping[str, float], settings: ContentSettings) -> Finding | None:
    """Flag what the signs alone do not, if a model finds the wording much like known fraud. It never does more."""
    weight = weight_of_model(reading, signs, settings)
    score = sum(signs.values()) + weight
    if not weight or score < settings.flag_score:
        return None
    weights = {**signs, "model": weight}
    values = {"score": round(score, 2), "signs": ", ".join(weights), "weights": weights}
    values |= {"fraud_score": round(reading.fraud_score, 3), "model": MODEL_VERSION}
    return finding(RULE_ID, "2.3", Outcome.FLAG, "fraud_alike", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.3", "5.4"),
    hard=True,
    source="Acceptable use policy, clauses 2.3 and 5.4; rules/sensitive.md (smishing signs); our own measurements",
    check=check,
)
