"""Object to links of public URL shorteners in an SMS: block where carriers refuse them by name, else flag."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.links import shorteners_among
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "public_shortener"


def check(_message: OutboundMessage, reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when a link in the text belongs to a public shortener; the strictest of several stands.

    Carriers of the United States name some domains and filter them; elsewhere, and for the others of the list, a human
    is told.
    """
    found = shorteners_among(reading.links)
    if not found:
        return None
    is_american = facts.number is not None and facts.number.country == "US"
    refused = [domain for domain, named_by in found if is_american and named_by == "carrier"]
    outcome, domain = (Outcome.BLOCK, refused[0]) if refused else (Outcome.FLAG, found[0][0])
    return finding(RULE_ID, "6.4", outcome, "public_shortener", {"domain": domain})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="AT&T code of conduct (2020); Twilio messaging policy (2026-06-29); MISP warninglists",
    check=check,
    channels=("sms",),
    objects_to=("links",),
)
