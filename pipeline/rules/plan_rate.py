"""Defer what exceeds the workspace's plan: messages per second and per day."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral, finding
from pipeline.rules.suspension import states

RULE_ID = "plan_rate"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object while a limit of the plan is used up; a message for which a place was kept passes.

    A limit that is not on record is a missing fact and holds. A throttled workspace has a share of its rate (8.3).
    """
    if facts.workspace is None or facts.has_reservation:
        return None
    if not facts.rates:
        return finding(RULE_ID, "8.1", Outcome.HOLD, "plan_unknown")
    full = [rate for rate in facts.rates if rate.next_free_milliseconds]
    if not full:
        return None
    rate = max(full, key=lambda rate: rate.next_free_milliseconds)
    values = {"limit": rate.limit, "period": rate.period, "used": rate.used, "messages_per_second": rate.limit}
    is_throttled = rate.period == "second" and "throttled" in states(facts)
    clause, code = ("8.3", "workspace_throttled") if is_throttled else ("8.1", "plan_rate")
    return deferral(message, RULE_ID, clause, code, values, rate.next_free_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("8.1", "8.3"),
    hard=False,
    source="Acceptable use policy, fair use and resource limits",
    check=check,
)
