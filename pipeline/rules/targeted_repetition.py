"""Object to one workspace pressing one person again and again: with demands or threats, or after a refusal."""

from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.choices import Choices, Target, standing_withdrawal

RULE_ID = "targeted_repetition"
DEMANDING: Final = "debt"
"""The feature of a text that demands money: once it may be right, many times in an hour it is not."""
PRESSING_CLAUSES: Final = ("4.4", "5.4")
LENIENCY: Final = 2
"""How many times as often a text may come that demands and does nothing worse."""


def presses(reading: Reading) -> bool:
    """Tell whether a text threatens, insults or extorts, if only by a weak pattern."""
    return bool(reading.hits) and any(hit.clause in PRESSING_CLAUSES for hit in reading.hits)


def needs_history(reading: Reading, choices: Choices, target: Target) -> bool:
    """Tell whether it matters how often the workspace has lately written to the recipient: for most messages not."""
    return DEMANDING in reading.features or presses(reading) or standing_withdrawal(choices, target) is not None


def check(_message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object from the policy's count on, in the last hour and this message among them; refused messages count too.

    :returns: a block after a refusal, which the recipient has stated; else first a flag, then a block
    """
    if facts.recent_messages is None:
        return None
    settings, count = policy.document.content, facts.recent_messages + 1
    values = {"messages": count, "severity": "certain"}
    has_refused = facts.choices is not None and standing_withdrawal(facts.choices, facts.target) is not None
    if has_refused and count >= settings.repetition_after_refusal:
        return finding(RULE_ID, "5.4", Outcome.BLOCK, "repetition_after_refusal", values)
    if not presses(reading):
        count = count // LENIENCY if DEMANDING in reading.features else 0
    if count < settings.repetition_flag:
        return None
    outcome = Outcome.BLOCK if count >= settings.repetition_block else Outcome.FLAG
    return finding(RULE_ID, "5.4", outcome, "repetition", {**values, "severity": "strong"})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.4",),
    hard=True,
    source="Acceptable use policy, clause 5.4; 15 USC 1692d(5) (repeated contact to annoy); counts are our choice",
    check=check,
    objects_to=("recent",),
)
