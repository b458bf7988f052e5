"""Object to recipients that look harvested: in the order of their numbers, unknown, silent."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral, finding

RULE_ID = "harvested_recipients"
PAUSE_MILLISECONDS = 3_600_000


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if most of the workspace's messages go through numbers in order, without consents and answers.

    A list whose lawful basis is on record is no harvest, and neither is a recipient of whom a choice is on record.

    :returns: a flag; from three times as many messages on they wait an hour, so that people can answer or leave
    """
    alarm = alarm_in(facts, "harvested")
    if alarm is None or facts.workspace is None or (facts.choices is not None and facts.choices.entries):
        return None
    if message.list_id is not None and facts.workspace.list_bases.get(message.list_id):
        return None
    values = values_of(alarm)
    if alarm.level < Level.BULK:
        return finding(RULE_ID, "5.7", Outcome.FLAG, "harvested_recipients", values)
    retry_milliseconds = facts.now_milliseconds + PAUSE_MILLISECONDS
    return deferral(message, RULE_ID, "5.7", "harvested_recipients", values, retry_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.7",),
    hard=False,
    source="Acceptable use policy, clause 5.7; counts are our choice",
    check=check,
    purposes=("marketing", "utility", "service"),
)
