"""Object to a sender's name that operators refuse: its form, its country, its registration."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.registrations import NO_REGISTRATIONS
from pipeline.domain.sms_senders import is_name, names_in
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "sender_name"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Block a name that is none, or that its country does not support, or whose registration was refused.

    Where names are registered and none is on record the message is flagged: the sources say where registration is
    required or offered, not which of the two.
    """
    if message.sender.type != "alphanumeric":
        return None
    if not is_name(message.sender.id):
        return finding(RULE_ID, "6.4", Outcome.BLOCK, "sender_id_format")
    country = facts.number.country if facts.number is not None else ""
    names = names_in(country)
    if names == "unsupported":
        return finding(RULE_ID, "6.4", Outcome.BLOCK, "sender_id_unsupported", {"country": country})
    known = facts.workspace.registrations if facts.workspace is not None else {}
    registration = known.get(message.sender.id, NO_REGISTRATIONS).sender_id
    if registration is not None and not registration.is_approved and not registration.is_waiting:
        return finding(RULE_ID, "6.4", Outcome.BLOCK, "sender_id_refused", {"state": registration.state})
    if names == "registered" and (registration is None or not registration.is_approved):
        return finding(RULE_ID, "6.4", Outcome.FLAG, "sender_id_unregistered", {"country": country})
    return None


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="3GPP TS 23.040 section 9.1.2.5; AWS registrations by country (2026); MessageBird's and pushtech's lists",
    check=check,
    channels=("sms",),
)
