"""Message, reading, facts and policy to verdict: the decision, as one pure function."""

from msgspec import UNSET, Raw

from pipeline.domain.events import Channel, OutboundMessage, Purpose
from pipeline.domain.instants import to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.reasons import REASONS
from pipeline.domain.verdicts import Finding, Verdict
from pipeline.reading.content import Reading
from pipeline.rules import CONTENT_RULES, RULES
from pipeline.rules.facts import Facts
from pipeline.rules.rule import TRAIT_BITS, Check, traits_of
from pipeline.wire import encode

_EQUIVALENTS = {code: Raw(encode(reason.providers)) for code, reason in REASONS.items() if reason.providers}
_Check = tuple[str, Check]

_COUNTRIES = frozenset(country for rule in RULES for country in rule.countries)
_ELSEWHERE = ""


class _Checks(dict[tuple[Channel, Purpose, str, int, bool], tuple[_Check, ...]]):
    """The checks that apply to a message, by its channel, purpose, country and traits, in the order of the rules."""

    def __missing__(self, key: tuple[Channel, Purpose, str, int, bool]) -> tuple[_Check, ...]:
        channel, purpose, country, traits, workspace_is_clear = key
        found = self[key] = tuple(
            (rule.rule_id, rule.check)
            for rule in RULES
            if channel in rule.channels
            and purpose in rule.purposes
            and (not rule.countries or country in rule.countries)
            and (not rule.objects_to or any(traits & TRAIT_BITS[trait] for trait in rule.objects_to))
            and not (workspace_is_clear and rule.is_about_workspace)
        )
        return found


_CHECKS = _Checks()


def is_workspace_clear(message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> bool:
    """Tell whether no rule that asks of the workspace alone objects: then none does to its messages at this time."""
    return all(rule.check(message, reading, facts, policy) is None for rule in RULES if rule.is_about_workspace)


def inspect(
    message: OutboundMessage,
    reading: Reading,
    facts: Facts,
    policy: Policy,
    *,
    workspace_is_clear: bool = False,
) -> Verdict:
    """Judge one message: run every rule, and let the strictest finding decide.

    The same arguments give an equal verdict, byte for byte once encoded. Nothing is raised for what a message says.

    :param workspace_is_clear: whether `is_workspace_clear` said so of another message of this workspace at this time,
        under the same facts of the workspace and the same policy
    """
    findings: list[Finding] = []
    shadow: list[Finding] = []
    country = facts.number.country if facts.number is not None else _ELSEWHERE
    if country not in _COUNTRIES:
        country = _ELSEWHERE
    traits = traits_of(reading, facts)
    for rule_id, check in _CHECKS[message.channel, message.purpose, country, traits, workspace_is_clear]:
        found = check(message, reading, facts, policy)
        if found is not None:
            mode = policy.mode(rule_id)
            if mode == "enforce":
                findings.append(found)
            elif mode == "shadow":
                shadow.append(found)
    return verdict_from(message, findings, shadow, facts, policy)


def inspect_content(message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> tuple[Finding, ...]:
    """Ask the rules on content alone, for what nobody asks to send yet. Rules that a policy switched off stay silent.

    The purpose is not audited: a text by itself has none.
    """
    checks = (
        rule.check(message, reading, facts, policy)
        for rule in CONTENT_RULES
        if message.channel in rule.channels and policy.mode(rule.rule_id) == "enforce"
    )
    return tuple(found for found in checks if found is not None)


def verdict_from(
    message: OutboundMessage,
    findings: list[Finding],
    shadow: list[Finding],
    facts: Facts,
    policy: Policy,
) -> Verdict:
    """Make the verdict of what the rules found. The lease runs from the decision, or from the deferred time."""
    outcome = Outcome.ALLOW
    not_before: str | None = None
    begins_milliseconds = facts.now_milliseconds
    equivalents: Raw | None = None
    if findings:
        decisive = max(findings, key=lambda finding: finding.outcome)
        outcome = decisive.outcome
        equivalents = None if outcome.lets_pass else _EQUIVALENTS.get(decisive.code)
        if outcome is Outcome.DEFER:
            times = [f.retry_milliseconds for f in findings if f.outcome is Outcome.DEFER]
            begins_milliseconds = max(times)
            not_before = to_text(begins_milliseconds)
    return Verdict(
        verdict_id=facts.verdict_id,
        message_id=message.message_id,
        workspace_id=message.workspace_id,
        outcome=outcome,
        findings=tuple(findings),
        not_before=not_before,
        expires_at=to_text(begins_milliseconds + policy.document.lease_seconds * 1000),
        policy=policy.stamp,
        degraded=facts.degraded,
        seen=facts.seen,
        provider_equivalents=UNSET if equivalents is None else equivalents,
        decided_at=to_text(facts.now_milliseconds),
        shadow=tuple(shadow),
    )
