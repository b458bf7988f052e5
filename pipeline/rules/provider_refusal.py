"""Block what a provider has just refused to send from the same sender to the same recipient."""

from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.refusals import newest_refusal

RULE_ID = "provider_refusal"
_CODES: Final = {
    "account_restricted": "provider_restricts_account",
    "spam_limited": "provider_limits_spam",
    "country_not_allowed": "provider_refuses_country",
}


def check(message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:  # noqa: ARG001
    """Object while a refusal of this sender by its provider is fresh; one that was sent since has ended it."""
    if not facts.refusals:
        return None
    refusal = newest_refusal(facts.refusals, message.channel, message.sender.id)
    if refusal is None:
        return None
    age_milliseconds = facts.now_milliseconds - refusal.reported_milliseconds
    if age_milliseconds >= policy.document.provider_refusal_seconds * 1000:
        return None
    return finding(RULE_ID, "6.5", Outcome.BLOCK, _CODES[refusal.group], {"channel": message.channel})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.5",),
    hard=False,
    source="acceptable use policy, clause 6.5; rules/event-shapes.md section 5",
    check=check,
)
