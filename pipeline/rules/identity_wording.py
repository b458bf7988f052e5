"""Flag marketing by SMS that does not say who sends it, where laws or carriers want that."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.wording import NEEDS, names_one_of
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "identity_wording"


def check(message: OutboundMessage, reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when neither the text nor the sender's name says whose message it is.

    The text must hold the message's brand, the workspace's name, or one of its brands or domains. A workspace of which
    no name is on record is passed over: nobody can tell.
    """
    if facts.number is None or facts.workspace is None:
        return None
    need = NEEDS.get((facts.number.country, "identity"))
    if need is None or message.sender.type == "alphanumeric":
        return None
    record = facts.workspace.record
    names = (message.brand or "", record.name or "", *record.brands, *record.domains)
    if not any(names) or names_one_of(reading.text, names):
        return None
    values = {"country": facts.number.country, "source": need.source, "confidence": need.confidence}
    return finding(RULE_ID, need.clause, Outcome.FLAG, "identity_wording_missing", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1", "6.4"),
    hard=False,
    source="PECR reg. 23; Directive 2002/58/EC Art. 13(4); CASL s.6(2); CTIA messaging principles",
    check=check,
    channels=("sms",),
    purposes=("marketing",),
)
