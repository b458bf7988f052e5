"""Hold what a workspace sends while one of its names is on the sanctions list, or while that list is too old."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "party_screening"
CLEARED = "sanctions_cleared:"
"""An authority of the workspace, with the entry's number: a human found that it is another party."""


def check(_message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to a match that no human has cleared, and to a list above the policy's age.

    The workspace was screened when its record came in. A name alone is no proof, so a match holds and does not block; a
    weak alias only flags. Without a real list the verdict's `degraded` says so, and nothing is held.
    """
    days, days_max = facts.party_list_days, policy.document.sanctions.list_days_max
    if days is not None and days > days_max:
        values = {"age_days": days, "days_max": days_max}
        return finding(RULE_ID, "2.2", Outcome.HOLD, "party_list_stale", values)
    if facts.workspace is None or not facts.workspace.party_matches:
        return None
    authorities = facts.workspace.record.authorities
    matches = [match for match in facts.workspace.party_matches if CLEARED + match.uid not in authorities]
    if not matches:
        return None
    first = matches[0]
    outcome, code = (Outcome.FLAG, "party_weak_match") if first.is_weak else (Outcome.HOLD, "party_match")
    return finding(RULE_ID, "2.2", outcome, code, {"entry": first.uid, "matches": len(matches)})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.2",),
    hard=True,
    source="OFAC's list of specially designated nationals (SDN), or another list in its format",
    check=check,
    is_about_workspace=True,
)
