"""Object to messages that go to a list as it is bought: they fail, and people complain or leave."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "bought_list"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the workspace's messages show two signs of such a list, or its sender is complained about.

    What a person has asked for (a code, an answer) comes from no list and passes.

    :returns: a hold for two signs, a flag for one
    """
    alarm = alarm_in(facts, "bought_list") or alarm_in(facts, "complaints")
    if alarm is None:
        return None
    code = "bought_list" if alarm.sign == "bought_list" else "sender_complaints"
    outcome = Outcome.HOLD if alarm.level >= Level.BULK else Outcome.FLAG
    return finding(RULE_ID, "4.5", outcome, code, values_of(alarm))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("4.5",),
    hard=False,
    source="Acceptable use policy, clause 4.5; counts are our choice",
    check=check,
    purposes=("marketing", "utility"),
)
