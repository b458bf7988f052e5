"""What rules on content make of the patterns that a text hits: which counts, and to what outcome.

Severe and certain patterns block. A strong one is a suspicion: what the policy says (`content.suspicion`). A weak one
is evidence for others, and a suspicion to be flagged when two different ones of a clause come together.
"""

from collections.abc import Iterable
from typing import Any, Final

from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.lexicon_files import Pattern
from pipeline.rules.facts import Facts
from pipeline.rules.rule import finding
from pipeline.rules.standing import has_authority

SEVERITIES: Final = ("severe", "certain", "strong", "weak")
"""Strictest first."""
_WEAK_TOGETHER: Final = 2
_NAMED_MAX: Final = 8
"""How many patterns a finding names."""


def sort_by_severity(hits: Iterable[Pattern]) -> list[Pattern]:
    """Put the strictest patterns first; those of one severity keep their order."""
    return sorted(hits, key=lambda hit: SEVERITIES.index(hit.severity))


def wording_outcome(hits: list[Pattern], policy: Policy) -> Outcome | None:
    """Say what patterns of one clause, strictest first, lead to; `None`: they are evidence only."""
    if not hits:
        return None
    if hits[0].severity in ("severe", "certain"):
        return Outcome.BLOCK
    if hits[0].severity == "strong":
        return Outcome(policy.document.content.suspicion)
    return Outcome.FLAG if len(hits) >= _WEAK_TOGETHER else None


def wording_finding(  # noqa: PLR0913 - what words a finding, and what decides
    rule_id: str, clause: str, code: str, hits: Iterable[Pattern], facts: Facts, policy: Policy
) -> Finding | None:
    """Object to patterns of one clause, except those of a category that the workspace has an authority for.

    An authority never covers what is severe.
    """
    counted = sort_by_severity(
        hit for hit in hits if hit.severity == "severe" or not has_authority(hit.category, facts.workspace)
    )
    outcome = wording_outcome(counted, policy)
    if outcome is None:
        return None
    return finding(rule_id, clause, outcome, code, values_of(counted))


def values_of(hits: list[Pattern]) -> dict[str, Any]:
    """Name category, severity and patterns; what stood in the text is never named.

    What is severe says that it asks for a case, which refers it, and for the suspension of the workspace.
    """
    asks = {"asks_for": ["case", "suspension"]} if hits[0].severity == "severe" else {}
    return {
        **asks,
        "category": hits[0].category.replace("_", " "),
        "severity": hits[0].severity,
        "patterns": [hit.id for hit in hits[:_NAMED_MAX]],
    }
