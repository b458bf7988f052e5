"""Block a message that the scopes of its member or integration don't cover: least privilege."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "scopes"
DIMENSIONS = ("channel", "purpose", "sender", "country")


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when a dimension that the scopes name does not list this message's value.

    A scope reads `dimension:value`; `*` alone grants all. Scopes restrict only the dimensions that they name, and a
    dimension that this version does not know can't be checked, so it holds.
    """
    if facts.actor is None:
        return None
    scopes = facts.actor.scopes
    if scopes is None:
        return finding(RULE_ID, "3.1", Outcome.HOLD, "scope_unknown")
    if "*" in scopes:
        return None
    allowed: dict[str, set[str]] = {}
    for scope in scopes:
        dimension, _, value = scope.partition(":")
        allowed.setdefault(dimension, set()).add(value)
    if not allowed.keys() <= set(DIMENSIONS):
        return finding(RULE_ID, "3.1", Outcome.HOLD, "scope_unknown")
    country = facts.number.country if facts.number else ""
    given = {"channel": message.channel, "purpose": message.purpose, "sender": message.sender.id, "country": country}
    for dimension in DIMENSIONS:
        values = allowed.get(dimension)
        if not allowed or (values is not None and not values & {"*", given[dimension]}):
            return finding(RULE_ID, "3.1", Outcome.BLOCK, "scope_missing", {"dimension": dimension})
    return None


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("3.1",),
    hard=True,
    source="Acceptable use policy, account and workspace security",
    check=check,
)
