"""Object to links of public URL shorteners in an SMS: block where carriers refuse them by name, else flag."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.links import hosts_of, shortener_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "public_shortener"


def check(message: OutboundMessage, reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when a link in the text belongs to a public shortener; the strictest of several stands.

    Carriers of the United States name some domains and filter them; elsewhere, and for the others of the list, a human
    is told.
    """
    if message.channel != "sms":
        return None
    found: tuple[Outcome, str] | None = None
    for host in hosts_of(reading.text):
        shortener = shortener_of(host)
        if shortener is not None:
            domain, named_by = shortener
            is_refused = named_by == "carrier" and facts.number is not None and facts.number.country == "US"
            each = (Outcome.BLOCK if is_refused else Outcome.FLAG, domain)
            found = each if found is None or found[0] < each[0] else found
    if found is None:
        return None
    return finding(RULE_ID, "6.4", found[0], "public_shortener", {"domain": found[1]})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="AT&T code of conduct (2020); Twilio messaging policy (2026-06-29); MISP warninglists",
    check=check,
)
