"""Defer what exceeds the segments a day that carriers in the United States allow the sender's 10DLC brand."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral, finding

RULE_ID = "daily_segments"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object when the message's segments no longer fit the brand's day; the new time is the next day, spread.

    A message that would not fit an empty day either is blocked: no day will take it.
    """
    use = facts.brand_use
    if use is None or not use.day.next_free_milliseconds:
        return None
    values = {"limit": use.day.limit, "used": use.day.used, "segments": use.segments}
    if use.segments > use.day.limit:
        return finding(RULE_ID, "6.4", Outcome.BLOCK, "daily_segments_never", values)
    spread_milliseconds = int(facts.spread * policy.document.defer_spread_seconds) * 1000
    retry_milliseconds = use.day.next_free_milliseconds + spread_milliseconds
    return deferral(message, RULE_ID, "6.4", "daily_segments", values, retry_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="T-Mobile daily caps per brand (rules/sms-rules.md, 2026-11-24)",
    check=check,
    channels=("sms",),
    countries=("US",),
)
