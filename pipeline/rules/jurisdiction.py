"""Hold a message to something that is no phone number: it can't be told whose law applies."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "jurisdiction"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when the recipient is given as a number and is not a possible one.

    A business-scoped id has no numbering plan; its country is what the sender states, and WhatsApp decides delivery.
    """
    if facts.number is not None or not isinstance(message.to, str):
        return None
    return finding(RULE_ID, "2.1", Outcome.HOLD, "recipient_invalid")


RULE = Rule(rule_id=RULE_ID, clauses=("2.1",), hard=False, source="ITU-T E.164", check=check)
