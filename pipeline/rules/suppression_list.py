"""Stop messages to numbers on configured lists: do-not-call, litigators, numbers that have a new holder."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.suppression_lists import CHECK, Listing
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.choices import standing_consents

RULE_ID = "suppression_list"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to the strictest of the recipient's listings, else flag marketing that was checked on a stale list.

    - reassigned: consent that is not newer than the new holder is void, for every purpose that needs consent
    - do_not_call: marketing without a consent on a basis that the policy exempts is blocked
    - litigators: marketing is held for a person to decide
    """
    if not facts.listings and (message.purpose != "marketing" or not facts.degraded):
        return None
    found = [each for listing in facts.listings if (each := _finding_for(listing, message, facts, policy)) is not None]
    if found:
        return max(found, key=lambda each: each.outcome)
    if message.purpose == "marketing":
        for degraded in facts.degraded:
            if degraded.check == CHECK:
                values = {"list": degraded.reason, "age_days": (degraded.age_seconds or 0) // 86_400}
                return finding(RULE_ID, "2.1", Outcome.FLAG, "suppression_list_stale", values)
    return None


def _finding_for(listing: Listing, message: OutboundMessage, facts: Facts, policy: Policy) -> Finding | None:
    values = {"list": listing.list_name, "purpose": message.purpose}
    consents = standing_consents(facts.choices, facts.target) if facts.choices is not None else []
    if listing.kind == "reassigned":
        needed = policy.document.consent.needed_for.get(message.purpose)
        newest = max((consent.occurred_milliseconds for consent in consents), default=-1)
        if needed is None or newest >= listing.since_milliseconds:
            return None
        return finding(RULE_ID, "6.2", Outcome(needed), "number_reassigned", values)
    if message.purpose != "marketing":
        return None
    if listing.kind == "litigators":
        return finding(RULE_ID, "2.1", Outcome.HOLD, "litigator_listed", values)
    if any(consent.basis in policy.document.suppression.do_not_call_exempt for consent in consents):
        return None
    return finding(RULE_ID, "2.1", Outcome.BLOCK, "do_not_call_listed", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1", "6.2"),
    hard=True,
    source="47 CFR 64.1200(c)(2), (m); rules/consent.md sections 1 and 2",
    check=check,
    purposes=("marketing", "utility", "service"),
)
