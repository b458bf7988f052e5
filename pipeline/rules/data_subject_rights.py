"""Block or hold what a recipient's objection, restriction or erasure forbids."""

from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.rights import RightKind, standing_demand

RULE_ID = "data_subject_rights"
_OUTCOMES: Final = {
    RightKind.RESTRICTION: (Outcome.HOLD, "restricted"),
    RightKind.OBJECTION: (Outcome.BLOCK, "objected"),
    RightKind.ERASURE: (Outcome.BLOCK, "erased"),
}


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object while a demand of the recipient stands against the message.

    A restriction holds, as it is lifted again; an objection and an erasure block until the person consents anew.
    """
    if facts.rights is None or facts.choices is None:
        return finding(RULE_ID, "7.2", Outcome.HOLD, "consent_unavailable")
    if not facts.rights.demands:
        return None
    demand = standing_demand(
        facts.rights, message.workspace_id or "", facts.target, facts.choices, facts.now_milliseconds
    )
    if demand is None:
        return None
    outcome, code = _OUTCOMES[demand.kind]
    return finding(RULE_ID, "7.2", outcome, code, {"purpose": message.purpose})


def code_of(kind: RightKind) -> str:
    """Name the reason that a demand gives."""
    return _OUTCOMES[kind][1]


RULE = Rule(rule_id=RULE_ID, clauses=("7.2",), hard=True, source="GDPR Art. 17, 18, 21(2)-(3)", check=check)
