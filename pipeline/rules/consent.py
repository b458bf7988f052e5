"""Block or hold a message for which no consent is on record: basis, purpose, channel, time."""

from typing import NamedTuple

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.choices import Choices
from pipeline.state.consent_answer import ConsentAnswer, consent_answer

RULE_ID = "consent"
ENDS_SOON_MILLISECONDS = 7 * 86_400_000
"""A week: time enough to ask the recipient anew."""


def check(message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object unless one consent covers the message and has not run out.

    What is missing blocks or holds as the policy says for the purpose; a register that can't answer always holds.
    """
    needed = policy.document.consent.needed_for.get(message.purpose)
    if needed is None:
        return None
    if facts.choices is None:
        return finding(RULE_ID, "6.2", Outcome.HOLD, "consent_unavailable")
    country = _country_of(facts)
    answer, consent, ends_milliseconds = _answer(facts.choices, country, facts, policy)
    if answer == "consented" and consent is not None:
        row = policy.sufficient_bases.get((country, message.purpose)) if policy.sufficient_bases else None
        if row is not None and consent.basis not in row.bases:
            values = {"purpose": message.purpose, "basis": consent.basis, "bases": " or ".join(row.bases)}
            return finding(RULE_ID, "6.2", Outcome(row.outcome), "consent_basis_insufficient", values)
        if ends_milliseconds - facts.now_milliseconds > ENDS_SOON_MILLISECONDS:
            return None
        values = {"purpose": message.purpose, "channel": message.channel, "ends_on": to_text(ends_milliseconds)[:10]}
        return finding(RULE_ID, "6.2", Outcome.FLAG, "consent_ends_soon", values)
    values = {"purpose": message.purpose, "channel": message.channel}
    if answer == "ended" and consent is not None:
        values |= {"basis": consent.basis, "lasts": f"until {to_text(ends_milliseconds)[:10]}"}
    outcome = Outcome.HOLD if answer == "basis_missing" else Outcome(needed)
    return finding(RULE_ID, "6.2", outcome, f"consent_{answer}", values)


def has_good_consent(message: OutboundMessage, facts: Facts, policy: Policy) -> bool:
    """Tell whether the message needs no consent, or one on record covers it, on a basis that is good enough."""
    if message.purpose not in policy.document.consent.needed_for:
        return True
    if facts.choices is None:
        return False
    country = _country_of(facts)
    answer, consent, _ = _answer(facts.choices, country, facts, policy)
    row = policy.sufficient_bases.get((country, message.purpose)) if policy.sufficient_bases else None
    return answer == "consented" and consent is not None and (row is None or consent.basis in row.bases)


class _Last(NamedTuple):
    """What was asked last, and the answer."""

    facts: Facts | None
    policy: Policy | None
    answer: ConsentAnswer | None


_last = [_Last(None, None, None)]
"""Patterns ask the same of a message just before the rule does: 2 of 3 us saved (2026-11-24)."""


def _answer(choices: Choices, country: str, facts: Facts, policy: Policy) -> ConsentAnswer:
    last = _last[0]
    if last.answer is not None and last.facts is facts and last.policy is policy:
        return last.answer
    answer = consent_answer(choices, facts.target, country, policy, facts.now_milliseconds)
    _last[0] = _Last(facts, policy, answer)
    return answer


def _country_of(facts: Facts) -> str:
    """Name the country whose law ends a consent: the number's, or that in which a business-scoped id was given."""
    if facts.number is not None:
        return facts.number.country
    return facts.place.country if facts.place is not None else ""


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.2",),
    hard=True,
    source="47 CFR 64.1200(a)(2); CASL s.10; GDPR Art. 7; PECR reg. 22",
    check=check,
)
