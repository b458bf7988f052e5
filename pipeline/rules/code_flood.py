"""Object to one-time codes that come to one recipient again and again."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "code_flood"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if this sender sends the recipient more codes than a person asks for.

    :returns: first a flag, then a block: who waits for one of so many codes can't tell which
    """
    alarm = alarm_in(facts, "code_flood")
    if alarm is None:
        return None
    outcome = Outcome.BLOCK if alarm.level >= Level.BULK else Outcome.FLAG
    return finding(RULE_ID, "5.1", outcome, "code_flood", values_of(alarm))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.1",),
    hard=False,
    source="Acceptable use policy, clause 5.1; counts are our choice (Twilio Verify stops at five in ten minutes)",
    check=check,
    purposes=("authentication",),
)
