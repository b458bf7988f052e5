"""Object to a message whose text goes out in bulk with signs that nobody asked for it."""

from collections.abc import Mapping
from typing import Any, Final

from pipeline.domain.alarms import Level
from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "bulk_spam"
SIGN: Final = "bulk"
"""The sign of alarms that this rule looks for."""


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object from the level `bulk` on, and more from `mass` on, as the policy says; `growing` is no offence yet."""
    for alarm in facts.alarms:
        if alarm.sign == SIGN and alarm.level >= Level.BULK:
            settings = policy.document.patterns
            is_mass = alarm.level >= Level.MASS
            outcome = Outcome(settings.mass_outcome if is_mass else settings.bulk_outcome)
            values = values_of(alarm.subject, alarm.counts, alarm.signs)
            return finding(RULE_ID, "5.3", outcome, "bulk_mass" if is_mass else "bulk_suspected", values)
    return None


def values_of(campaign: str, counts: Mapping[str, int], signs: tuple[str, ...]) -> dict[str, Any]:
    """Name a campaign, what was counted of it in a day, and what speaks against it."""
    return {"campaign": campaign, **counts, "signs": ", ".join(signs) or "size"}


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.3",),
    hard=False,
    source="Acceptable use policy, clause 5.3; thresholds are choices (docs/decisions/0013-bulk-patterns.md)",
    check=check,
)
