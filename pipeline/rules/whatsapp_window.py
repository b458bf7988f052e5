"""Block a free-form WhatsApp message outside the service window that the recipient's last message opened."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "whatsapp_window"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object to what is no template unless the recipient wrote to this number less than 24 hours ago."""
    if facts.whatsapp is None or facts.contacts is None:
        return finding(RULE_ID, "6.1", Outcome.HOLD, "whatsapp_unknown")
    if message.content.template is not None:
        return None
    ends_milliseconds = facts.contacts.window_ends_milliseconds(message.sender.id)
    if ends_milliseconds > facts.now_milliseconds:
        return None
    values = {"window_ended_at": to_text(ends_milliseconds)} if ends_milliseconds else {}
    return finding(RULE_ID, "6.1", Outcome.BLOCK, "window_closed", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.1",),
    hard=True,
    source="WhatsApp Business Platform, customer service window (error 131047; rules/whatsapp-rules.md, 2026-06-29)",
    check=check,
    channels=("whatsapp",),
)
