"""Flag advertising by SMS without the mark that its country wants: (광고) in Korea, AD in the Gulf."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.wording import NEEDS, Need
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "advertising_mark"
_KINDS = {"KR": "mark_text", "AE": "mark_sender_start", "SA": "mark_sender_end"}
_IN_WORDS = {
    "mark_text": "the text begins with {}",
    "mark_sender_start": "the sender's name begins with {}",
    "mark_sender_end": "the sender's name ends with {}",
}


def check(message: OutboundMessage, reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when the text, or the name of the sender, lacks the mark; a number can carry none and is passed over."""
    if facts.number is None:
        return None
    country = facts.number.country
    kind = _KINDS.get(country)
    if kind is None:
        return None
    need = NEEDS[country, kind]
    if _is_marked(message, reading, kind, need):
        return None
    mark = _IN_WORDS[kind].format(need.form)
    values = {"country": country, "mark": mark, "source": need.source, "confidence": need.confidence}
    return finding(RULE_ID, need.clause, Outcome.FLAG, "advertising_mark_missing", values)


def _is_marked(message: OutboundMessage, reading: Reading, kind: str, need: Need) -> bool:
    if kind == "mark_text":
        return reading.text.lstrip().startswith(need.form)
    if message.sender.type != "alphanumeric":
        return True
    name = message.sender.id.upper()
    return name.startswith(need.form) if kind == "mark_sender_start" else name.endswith(need.form)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1",),
    hard=False,
    source="Korea: Network Act art. 50; UAE: TDRA policy; Saudi Arabia: CST anti-spam decision",
    check=check,
    channels=("sms",),
    purposes=("marketing",),
    countries=tuple(_KINDS),
)
