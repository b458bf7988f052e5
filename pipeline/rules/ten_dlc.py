"""Block what carriers in the United States refuse of a local number: no active 10DLC brand and campaign."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.registrations import NO_REGISTRATIONS, Registration, Registrations, read_registrations
from pipeline.domain.sms_senders import north_american_kind
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "ten_dlc"
NOT_FOR_MARKETING = frozenset(
    [
        "2FA",
        "ACCOUNT_NOTIFICATION",
        "CUSTOMER_CARE",
        "DELIVERY",
        "DELIVERY_NOTIFICATION",
        "FRAUD_ALERT",
        "SECURITY_ALERT",
    ]
)
"""Use cases of campaigns that do not cover marketing (names as in The Campaign Registry)."""


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless the sender's campaign, and its brand where one is stated, are in force.

    A sender without a campaign on record holds; a workspace that states no senders at all is passed over.
    """
    if facts.number is None or facts.number.country != "US" or facts.workspace is None:
        return None
    if not facts.workspace.registrations or north_american_kind(message.sender.id) != "ten_dlc":
        return None
    known = facts.workspace.registrations.get(message.sender.id, NO_REGISTRATIONS)
    stated = read_registrations(message.registration)
    refused = _refused(known) or _refused(stated)
    if refused is not None:
        return finding(RULE_ID, "6.4", Outcome.BLOCK, "campaign_not_active", refused)
    campaigns = [each for each in (known.campaign, stated.campaign) if each is not None and each.is_approved]
    if not campaigns:
        return finding(RULE_ID, "6.4", Outcome.HOLD, "campaign_missing")
    if message.purpose == "marketing" and campaigns[0].use_case in NOT_FOR_MARKETING:
        values = {"use_case": campaigns[0].use_case.replace("_", " ").lower()}
        return finding(RULE_ID, "6.4", Outcome.FLAG, "campaign_use_case", values)
    return None


def _refused(registrations: Registrations) -> dict[str, str] | None:
    """Name what is not in force though it is stated."""
    parts: tuple[tuple[str, Registration | None], ...] = (
        ("campaign", registrations.campaign),
        ("brand", registrations.brand),
    )
    for what, registration in parts:
        if registration is not None and registration.state and not registration.is_approved:
            return {"what": what, "state": registration.state.replace("_", " ")}
    return None


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="Twilio error 30034; T-Mobile and AT&T 10DLC terms (rules/sms-rules.md, 2026-11-24)",
    check=check,
    channels=("sms",),
    countries=("US",),
)
