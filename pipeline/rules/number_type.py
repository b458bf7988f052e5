"""Block messages to numbers that no campaign may reach: premium rate, satellite, shared cost, and their like."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.number_types import NO_COUNTRY, number_type
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "number_type"
_NEVER = (NO_COUNTRY, "premium_rate")
"""Types that nothing may reach, not even a one-time code: whoever owns the number earns by it (rules/sms-rules.md)."""


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object to premium rate numbers and codes of no country always, to the other types when it is marketing."""
    if facts.number is None:
        return None
    kind = number_type(facts.number)
    if not kind or (message.purpose != "marketing" and kind not in _NEVER):
        return None
    return finding(RULE_ID, "2.1", Outcome.BLOCK, "number_type", {"type": kind.replace("_", " ")})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1",),
    hard=False,
    source="ITU-T E.164 and national numbering plans, as in libphonenumber's metadata",
    check=check,
)
