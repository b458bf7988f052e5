"""Object to one campaign that is split over workspaces or senders."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral, finding

RULE_ID = "usage_splitting"
PAUSE_MILLISECONDS = 3_600_000


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if a bulk text is sent by several at once, none of which comes up to a limit.

    :returns: a flag, for billing; from `mass` on it waits an hour
    """
    alarm = alarm_in(facts, "split")
    if alarm is None:
        return None
    values = values_of(alarm)
    if alarm.level < Level.MASS:
        return finding(RULE_ID, "5.5", Outcome.FLAG, "usage_splitting", values)
    retry_milliseconds = facts.now_milliseconds + PAUSE_MILLISECONDS
    return deferral(message, RULE_ID, "5.5", "usage_splitting", values, retry_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.5",),
    hard=False,
    source="Acceptable use policy, clause 5.5; counts are our choice",
    check=check,
)
