"""Object to what carriers refuse: sex, hate, alcohol, firearms, tobacco, cannabis, high-risk finance."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.rules.standing import has_authority
from pipeline.rules.wording_found import sort_by_severity, values_of

RULE_ID = "carrier_content"
REFUSING = ("US", "CA")
"""Where carriers refuse such messages outright (CTIA, AT&T code of conduct)."""


def check(_message: OutboundMessage, reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object to patterns of clause 6.4: block what is certain where carriers refuse it, else tell a human.

    An authority that is on record for the category (an age-gated alcohol programme) passes, unless it is severe.
    """
    if not reading.hits:
        return None
    hits = sort_by_severity(
        hit
        for hit in reading.hits
        if hit.clause == "6.4"
        and hit.severity != "weak"
        and (hit.severity == "severe" or not has_authority(hit.category, facts.workspace))
    )
    if not hits:
        return None
    is_refused = hits[0].severity != "strong" and facts.number is not None and facts.number.country in REFUSING
    outcome = Outcome.BLOCK if is_refused else Outcome.FLAG
    return finding(RULE_ID, "6.4", outcome, "carrier_content", values_of(hits))


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="CTIA messaging principles; AT&T code of conduct (2020); Twilio messaging policy (2026-06-29)",
    check=check,
    channels=("sms",),
    objects_to=("hits",),
)
