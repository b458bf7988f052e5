"""Defer a WhatsApp message that follows too soon on another from the same number to the same recipient."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral
from pipeline.state.reach import PAIR_MILLISECONDS

RULE_ID = "whatsapp_pair_rate"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object until six seconds have passed since the last message of this number to this recipient was let pass."""
    free_milliseconds = facts.whatsapp.pair_free_milliseconds if facts.whatsapp is not None else 0
    if free_milliseconds <= facts.now_milliseconds:
        return None
    values = {"seconds": PAIR_MILLISECONDS // 1000}
    return deferral(message, RULE_ID, "6.1", "pair_rate", values, free_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.1",),
    hard=True,
    source="WhatsApp Business Platform, pair rate (error 131056; rules/frequency-caps.csv, 2026, confidence high)",
    check=check,
    channels=("whatsapp",),
)
