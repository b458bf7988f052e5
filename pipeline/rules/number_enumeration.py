"""Object to walking through numbers to see which exist."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "number_enumeration"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the workspace writes to very many numbers of this message's range, in order or without arriving.

    A recipient of whom the workspace has any choice on record is nobody that it has to find.

    :returns: a block where order or failures speak for it, a flag where only the number does
    """
    alarm = alarm_in(facts, "enumeration")
    if alarm is None or (facts.choices is not None and facts.choices.entries):
        return None
    outcome = Outcome.BLOCK if alarm.level >= Level.BULK else Outcome.FLAG
    return finding(RULE_ID, "5.1", outcome, "number_enumeration", values_of(alarm))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.1",),
    hard=False,
    source="Acceptable use policy, clause 5.1; counts are our choice",
    check=check,
)
