"""Block a message to a country that the workspace's plan does not cover."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "plan_countries"


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless the plan lists the country of the recipient's number, or `*`.

    A business-scoped id counts by its country. A number of no country (satellite) is in no list; no number at all is
    the rule `jurisdiction`'s to answer. A plan without `countries` covers all, as the record's schema says.
    """
    if facts.workspace is None or facts.place is None:
        return None
    countries = facts.workspace.record.plan.countries
    if "*" in countries:
        return None
    country = facts.number.country if facts.number is not None else facts.place.country
    if country in countries:
        return None
    return finding(RULE_ID, "8.2", Outcome.BLOCK, "plan_country", {"country": country or "this destination"})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("8.2",),
    hard=False,
    source="Acceptable use policy, fair use: destinations outside the plan",
    check=check,
)
