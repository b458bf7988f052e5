"""Object to data that should not travel by message: card and identity numbers, secrets, special categories of data."""

from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.domain.workspaces import Workspace
from pipeline.reading.content import Reading
from pipeline.reading.sensitive import Sensitive
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.rules.wording_found import sort_by_severity, values_of, wording_outcome

RULE_ID = "sensitive_data"
SPECIAL_CATEGORIES, PAYMENT_DATA, IDENTITY_NUMBERS = "special_categories", "payment_data", "identity_numbers"
"""The authorities that a workspace may have on record for what this rule stops."""
SPECIAL_DATA: Final = "special-data"
"""The family of categories that `special_categories` covers: leaked credentials are none of it."""
BLOCKED: Final = ("private_key", "api_key", "json_web_token", "card")
HELD: Final = ("password",)
FLAGGED: Final = ("iban", "us_routing")
"""Businesses write their own account numbers on invoices."""
PASSED: Final = ("crypto_wallet",)
"""No personal data, but a sign for `fraud_evidence`."""
_NEVER_ALLOWED: Final = ("private_key", "api_key", "json_web_token", "password")
_PAYMENT: Final = ("card", "iban", "us_routing")


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to the strictest of what is there, unless the workspace has a recorded authority for it.

    A finding names kinds, places in the text and keyed hashes, never a value.
    """
    found = [each for each in reading.sensitive if not _is_allowed(each.kind, facts.workspace)]
    if found:
        strictest = max(found, key=lambda each: _outcome_of(each.kind))
        values = {"kind": strictest.kind.replace("_", " "), "places": [_place(each) for each in found]}
        return finding(RULE_ID, "7.4", _outcome_of(strictest.kind), "sensitive_number", values)
    if not reading.hits:
        return None
    may_tell_special = _has(SPECIAL_CATEGORIES, facts.workspace)
    hits = sort_by_severity(
        hit for hit in reading.hits if hit.clause == "7.4" and not (may_tell_special and hit.family == SPECIAL_DATA)
    )
    outcome = wording_outcome(hits, policy)
    return None if outcome is None else finding(RULE_ID, "7.4", outcome, "special_category", values_of(hits))


def _outcome_of(kind: str) -> Outcome:
    if kind in FLAGGED:
        return Outcome.FLAG
    return Outcome.HOLD if kind in HELD else Outcome.BLOCK


def _is_allowed(kind: str, workspace: Workspace | None) -> bool:
    if kind in PASSED or kind in _NEVER_ALLOWED:
        return kind in PASSED
    return _has(PAYMENT_DATA if kind in _PAYMENT else IDENTITY_NUMBERS, workspace)


def _has(authority: str, workspace: Workspace | None) -> bool:
    return workspace is not None and authority in workspace.record.authorities


def _place(found: Sensitive) -> dict[str, str | int]:
    place: dict[str, str | int] = {"kind": found.kind, "begin": found.begin, "end": found.end}
    return {**place, "hash": found.hash} if found.hash else place


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("7.4",),
    hard=True,
    source="Acceptable use policy, clause 7.4; GDPR Art. 9 (general knowledge); rules/sensitive.md (patterns)",
    check=check,
    objects_to=("hits", "sensitive"),
)
