"""What a rule is: a check with its name, its clauses and its source."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

from pipeline.domain.events import Channel, OutboundMessage, Purpose
from pipeline.domain.instants import to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.reasons import REASONS
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts

CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)

Trait = Literal["hits", "links", "sensitive", "imitations", "recent"]
"""What few messages have: patterns of lexicons, links, sensitive values, imitated brands, a count of recent ones."""
TRAIT_BITS: Final[Mapping[Trait, int]] = {trait: 1 << bit for bit, trait in enumerate(get_args(Trait))}


def traits_of(reading: Reading, facts: Facts) -> int:
    """Say which traits a message has, as a sum of `TRAIT_BITS`."""
    traits = 0
    if reading.hits:
        traits = 1
    if reading.links:
        traits |= 2
    if reading.sensitive:
        traits |= 4
    if reading.imitations:
        traits |= 8
    return traits if facts.recent_messages is None else traits | 16


Check = Callable[[OutboundMessage, Reading, Facts, Policy], Finding | None]


class Rule(NamedTuple):
    """One rule. `rule_id` is also its module, page, test and metric label; `source` is the law, term or clause.

    Messages by other channels, for other purposes or to other countries' numbers than it names are never shown to it,
    nor are those that have nothing of what it objects to, nor any but a turn's first of a workspace of which it asks
    alone: they cost it nothing.
    """

    rule_id: str
    clauses: tuple[str, ...]
    hard: bool
    source: str
    check: Check
    channels: tuple[Channel, ...] = CHANNELS
    purposes: tuple[Purpose, ...] = PURPOSES
    countries: tuple[str, ...] = ()
    """Countries of numbers (ISO 3166-1 alpha-2); empty for all, also for recipients without a number."""
    objects_to: tuple[Trait, ...] = ()
    """Of what a message must have at least one for it to object; empty when it may object to any."""
    is_about_workspace: bool = False
    """Whether it looks at nothing but the facts of the workspace, so that it answers all its messages alike."""


def finding(  # noqa: PLR0913 - one more than the limit; all are needed to word one finding
    rule_id: str,
    clause: str,
    outcome: Outcome,
    code: str,
    values: Mapping[str, Any] | None = None,
    retry_milliseconds: int | None = None,
) -> Finding:
    """Word an objection from the reason catalogue.

    :param values: what decided, without personal data; fills the catalogue's text
    :param retry_milliseconds: when to try again, since 1970 in UTC
    """
    values = values or {}
    text = REASONS[code]
    return Finding(
        rule_id=rule_id,
        clause=clause,
        outcome=outcome,
        code=code,
        reason=text.reason.format_map(values),
        remedy=text.remedy.format_map(values),
        decided_by=text.decided_by,
        retry_at=to_text(retry_milliseconds) if retry_milliseconds is not None else None,
        values=values,
    )


def deferral(  # noqa: PLR0913 - one more than the limit; all are needed to word one finding
    message: OutboundMessage,
    rule_id: str,
    clause: str,
    code: str,
    values: Mapping[str, Any],
    retry_milliseconds: int,
) -> Finding:
    """Defer a message to a time, or block it when it would no longer be valid by then."""
    if message.valid_until is not None and message.valid_until.timestamp() * 1000 < retry_milliseconds:
        return finding(rule_id, clause, Outcome.BLOCK, "too_late", values, retry_milliseconds)
    return finding(rule_id, clause, Outcome.DEFER, code, values, retry_milliseconds)
