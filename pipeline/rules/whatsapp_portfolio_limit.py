"""Defer a WhatsApp template to one person more than the portfolio may write to in 24 hours."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral
from pipeline.state.reach import PART_MILLISECONDS

RULE_ID = "whatsapp_portfolio_limit"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when the limit is reached, unless the recipient was written to in the last 24 hours or wrote themselves.

    The message waits until the next place gets free; all that wait are spread over ten minutes.
    """
    reach = facts.whatsapp.reach if facts.whatsapp is not None else None
    if reach is None or not reach.next_free_milliseconds:
        return None
    free_milliseconds = reach.next_free_milliseconds + int(facts.spread * PART_MILLISECONDS)
    values = {"limit": reach.limit, "used": reach.used}
    return deferral(message, RULE_ID, "6.1", "portfolio_limit", values, free_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.1",),
    hard=True,
    source="WhatsApp Business Platform, messaging limits per business portfolio (rules/whatsapp-rules.md, 2026)",
    check=check,
    channels=("whatsapp",),
)
