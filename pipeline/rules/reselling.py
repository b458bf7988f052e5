"""Object to a workspace that sends for many others without a grant to resell."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "reselling"
GRANTS = frozenset(["resale", "reselling"])
"""Authorities of a workspace that permit it, by either name."""


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the workspace's links lead to many domains that it has not declared.

    :returns: a flag, and a hold from three times as many domains on; nothing with the authority to resell on record
    """
    alarm = alarm_in(facts, "reselling")
    if alarm is None:
        return None
    if facts.workspace is not None and not GRANTS.isdisjoint(facts.workspace.record.authorities):
        return None
    outcome = Outcome.HOLD if alarm.level >= Level.BULK else Outcome.FLAG
    return finding(RULE_ID, "5.6", outcome, "reselling", values_of(alarm))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.6",),
    hard=False,
    source="Acceptable use policy, clause 5.6; counts are our choice",
    check=check,
)
