"""Block what carriers in North America refuse of a toll-free number: it is not verified."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.registrations import NO_REGISTRATIONS
from pipeline.domain.sms_senders import north_american_kind
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "toll_free"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless the sender's verification is on record as approved; a pending one is refused too.

    A sender without a verification on record holds; a workspace that states no senders at all is passed over.
    """
    if facts.number is None or facts.number.country_code != "1" or facts.workspace is None:
        return None
    if not facts.workspace.registrations or north_american_kind(message.sender.id) != "toll_free":
        return None
    verification = facts.workspace.registrations.get(message.sender.id, NO_REGISTRATIONS).toll_free
    if verification is None or not verification.state:
        return finding(RULE_ID, "6.4", Outcome.HOLD, "toll_free_unknown")
    if verification.is_approved:
        return None
    return finding(RULE_ID, "6.4", Outcome.BLOCK, "toll_free_unverified", {"state": verification.state})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="Twilio error 30032; Sinch: unverified blocked since 2023-11-08, pending since 2024-01-31",
    check=check,
    channels=("sms",),
)
