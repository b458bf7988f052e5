"""Defer messages between two machines that answer each other."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral

RULE_ID = "message_loop"
PAUSE_MILLISECONDS = 600_000
"""Ten minutes: a loop that nothing feeds for so long has ended, and its counts are over."""


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the recipient answers nearly all of this sender's messages, faster than a person can."""
    alarm = alarm_in(facts, "loop")
    if alarm is None:
        return None
    retry_milliseconds = facts.now_milliseconds + PAUSE_MILLISECONDS
    return deferral(message, RULE_ID, "5.2", "message_loop", values_of(alarm), retry_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.2",),
    hard=False,
    source="Acceptable use policy, clause 5.2; counts are our choice",
    check=check,
)
