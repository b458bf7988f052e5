"""Object to what a credential sends that suddenly is another than it was."""

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.alarmed import alarm_in, values_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "credential_takeover"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object if the credential sends far more than is usual for it, and mostly what it hardly sent before.

    :returns: a flag for one change of manner, a hold until a human has looked for two
    """
    alarm = alarm_in(facts, "takeover")
    if alarm is None:
        return None
    outcome = Outcome.HOLD if alarm.level >= Level.BULK else Outcome.FLAG
    return finding(RULE_ID, "3.3", outcome, "credential_takeover", values_of(alarm))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("3.3",),
    hard=False,
    source="Acceptable use policy, clause 3.3; counts are our choice",
    check=check,
)
