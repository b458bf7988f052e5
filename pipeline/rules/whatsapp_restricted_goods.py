"""Stop WhatsApp messages that offer goods or services which WhatsApp's policy bars, licensed or not."""

from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.domain.workspaces import Workspace
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.rules.standing import has_authority
from pipeline.rules.wording_found import sort_by_severity, values_of

RULE_ID = "whatsapp_restricted_goods"
BARRED: Final = frozenset(
    ("adult", "alcohol", "cannabis", "counterfeit", "counterfeit.piracy", "drugs", "gambling", "tobacco", "weapons")
)
"""Categories of the lexicons that the policy's list names, whoever sells them."""
SUSPECTED: Final = frozenset(("finance.high-risk",))
"""Of these the list names a part (payday loans, binary options, initial coin offerings), which a human must tell."""
LICENSED: Final = frozenset(("alcohol", "gambling"))
"""Allowed in some countries with Meta's permission, which has to be on record as an authority of the workspace."""


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to patterns of these categories, weak ones apart.

    What is barred is blocked also where a pattern is no more than strong: it then says less surely that the offer is
    illegal, but says as surely what is offered.
    """
    if not reading.hits:
        return None
    hits = sort_by_severity(
        hit for hit in reading.hits if hit.severity != "weak" and not _passes(hit.category, facts.workspace)
    )
    if not hits:
        return None
    barred = [hit for hit in hits if hit.category in BARRED]
    outcome = Outcome.BLOCK if barred else Outcome(policy.document.content.suspicion)
    return finding(RULE_ID, "6.1", outcome, "whatsapp_restricted_goods", values_of(barred or hits))


def _passes(category: str, workspace: Workspace | None) -> bool:
    if category not in BARRED and category not in SUSPECTED:
        return True
    return category in LICENSED and has_authority(category, workspace)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.1",),
    hard=True,
    source="WhatsApp Business Messaging Policy, prohibited goods and services (a copy without date; whatsapp-rules.md)",
    check=check,
    channels=("whatsapp",),
    objects_to=("hits",),
)
