"""Flag marketing by SMS that does not say how to stop it, where laws or carriers want that."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.wording import NEEDS, says_how_to_stop, says_how_to_stop_in_france
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "opt_out_wording"


def check(_message: OutboundMessage, reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when a country of the table wants an opt-out instruction and the text has none.

    Every message is asked for it: whether it is the first to this recipient is not on record.
    """
    if facts.number is None:
        return None
    country = facts.number.country
    need = NEEDS.get((country, "opt_out"))
    if need is not None:
        if says_how_to_stop(reading.text):
            return None
    else:
        need = NEEDS.get((country, "opt_out_fr"))
        if need is None or says_how_to_stop_in_france(reading.text):
            return None
    values = {"country": country, "example": need.form, "source": need.source, "confidence": need.confidence}
    return finding(RULE_ID, need.clause, Outcome.FLAG, "opt_out_wording_missing", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1", "6.4"),
    hard=False,
    source="PECR reg. 23; Directive 2002/58/EC Art. 13(4); CASL s.6(2); CTIA messaging principles",
    check=check,
    channels=("sms",),
    purposes=("marketing",),
)
