"""Object to offers of counterfeits, and to links that look like those of a brand which is not the workspace's."""

from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.reading.lookalikes import Imitation
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.rules.standing import is_authorised_for, is_own
from pipeline.rules.wording_found import wording_finding

RULE_ID = "counterfeit_and_impersonation"
CLOSE_KINDS: Final = ("disguised", "with_word", "subdomain", "misspelt")
"""Kinds of imitation that nobody but an imitator has a use for; others are evidence for `fraud_evidence`."""


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object to patterns of clause 4.2; then to imitated brands, of which those that the workspace may use pass.

    An imitation is a hold; where the text names the same brand, or a lexicon knows its wording as fraud, a block.
    """
    if not reading.hits and not reading.imitations:
        return None
    hits = [hit for hit in reading.hits if hit.clause == "4.2"]
    worded = wording_finding(RULE_ID, "4.2", "counterfeit", hits, facts, policy)
    if worded is not None and worded.outcome is Outcome.BLOCK:
        return worded
    imitations = foreign_imitations(reading, facts)
    close = [imitation for imitation in imitations if imitation.kind in CLOSE_KINDS]
    if not close:
        return worded
    is_fraud = any(hit.family == "fraud" and hit.severity != "weak" for hit in reading.hits)
    named = [imitation for imitation in close if imitation.brand in reading.brands]
    shown = (named or close)[0]
    outcome = Outcome.BLOCK if is_fraud or (named and shown.kind != "misspelt") else Outcome.HOLD
    return finding(RULE_ID, "4.2", outcome, "brand_imitated", {"brand": shown.brand, "kind": shown.kind})


def foreign_imitations(reading: Reading, facts: Facts) -> list[Imitation]:
    """List the imitations in a text by links that are not the workspace's, of brands that are not the workspace's."""
    if not reading.imitations:
        return []
    own_hosts = {link.host for link in reading.links if is_own(link, facts)}
    return [i for i in reading.imitations if i.host not in own_hosts and not is_authorised_for(i.brand, facts)]


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("4.2",),
    hard=False,
    source="Acceptable use policy, clause 4.2; rules/sensitive.md (links)",
    check=check,
    objects_to=("hits", "imitations"),
)
