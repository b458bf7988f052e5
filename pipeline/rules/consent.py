"""Block or hold a message for which no consent is on record: basis, purpose, channel, time."""

from typing import Any

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import to_datetime, to_milliseconds, to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.choices import Choice, standing_consents

RULE_ID = "consent"
ENDS_SOON_MILLISECONDS = 7 * 86_400_000
"""A week: time enough to ask the recipient anew."""


def check(  # noqa: PLR0911 - one way out for each reason
    message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy
) -> Finding | None:
    """Object unless one consent covers the message and has not run out.

    What is missing blocks or holds as the policy says for the purpose; a register that can't answer always holds.
    """
    needed = policy.document.consent.needed_for.get(message.purpose)
    if needed is None:
        return None
    if facts.choices is None:
        return finding(RULE_ID, "6.2", Outcome.HOLD, "consent_unavailable")
    consents = standing_consents(facts.choices, facts.target)
    values: dict[str, Any] = {"purpose": message.purpose, "channel": message.channel}
    if not consents:
        return finding(RULE_ID, "6.2", Outcome(needed), "consent_missing", values)
    country = _country_of(facts)
    lasting = consents[0]
    if len(consents) > 1:
        lasting = max(consents, key=lambda consent: (bool(consent.basis), ends(consent, country, policy)))
    if not lasting.basis:
        return finding(RULE_ID, "6.2", Outcome.HOLD, "consent_basis_missing", values)
    left = ends(lasting, country, policy) - facts.now_milliseconds
    if left <= 0:
        values |= {"basis": lasting.basis, "lasts": f"until {to_text(ends(lasting, country, policy))[:10]}"}
        return finding(RULE_ID, "6.2", Outcome(needed), "consent_ended", values)
    if left <= ENDS_SOON_MILLISECONDS:
        ends_on = to_text(ends(lasting, country, policy))[:10]
        return finding(RULE_ID, "6.2", Outcome.FLAG, "consent_ends_soon", values | {"ends_on": ends_on})
    return None


def _country_of(facts: Facts) -> str:
    """Name the country whose law ends a consent: the number's, or that in which a business-scoped id was given."""
    if facts.number is not None:
        return facts.number.country
    return facts.place.country if facts.place is not None else ""


NEVER = 1 << 62


def ends(consent: Choice, country: str, policy: Policy) -> int:
    """Say when a consent ends, in milliseconds since 1970: by its own date or by the law of the recipient's country."""
    end = consent.expires_milliseconds or NEVER
    for place in ("*", country):
        months = policy.consent_months.get((place, consent.basis))
        if months is not None:
            end = min(end, _months_after(consent.occurred_milliseconds, months))
    return end


def _months_after(milliseconds: int, months: int) -> int:
    """Add calendar months; a day that the month does not have becomes the first of the next (the longer reading)."""
    start = to_datetime(milliseconds)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        moved = start.replace(year=year, month=month + 1)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        moved = start.replace(year=year, month=month + 1, day=1)
    return to_milliseconds(moved)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.2",),
    hard=True,
    source="47 CFR 64.1200(a)(2); CASL s.10; GDPR Art. 7; PECR reg. 22",
    check=check,
)
