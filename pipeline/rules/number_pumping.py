"""Object to one-time codes that are asked for to earn from delivering them."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "number_pumping"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the workspace sends very many codes to this message's range abroad, and hardly any is known to be used.

    :returns: a flag; a block once there are so many that it is no chance
    """
    alarm = alarm_in(facts, "pumping")
    if alarm is None:
        return None
    outcome = Outcome.BLOCK if alarm.level >= Level.BULK else Outcome.FLAG
    return finding(RULE_ID, "5.1", outcome, "number_pumping", values_of(alarm))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.1",),
    hard=False,
    source="Acceptable use policy, clause 5.1; counts are our choice",
    check=check,
    purposes=("authentication",),
)
