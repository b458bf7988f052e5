"""Hold messages of a workspace without a privacy notice, and those to a list without a lawful basis."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "lawful_basis"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless the workspace states its privacy notice and the message's list, if it names one, its basis.

    Codes pass: the person asks for them at that moment. A workspace that is unknown is held by clause 1.1. The basis of
    a message to one person is that of the person's consent, which clause 6.2 looks at. A workspace that has no list on
    record is not asked for one.
    """
    if facts.workspace is None:
        return None
    if not facts.workspace.record.privacy_notice_url:
        return finding(RULE_ID, "7.1", Outcome.HOLD, "privacy_notice_missing")
    bases = facts.workspace.list_bases
    if message.list_id is not None and bases and not bases.get(message.list_id):
        return finding(RULE_ID, "4.5", Outcome.HOLD, "list_basis_missing", {"list_id": message.list_id})
    return None


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("7.1", "4.5"),
    hard=False,
    source="GDPR Art. 6, 13, 14",
    check=check,
    purposes=("marketing", "utility", "service"),
)
