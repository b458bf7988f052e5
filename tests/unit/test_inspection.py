"""The decision as one function: every rule runs, the strictest finding decides, all are listed."""

import json

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Degraded, Finding, Verdict
from pipeline.inspection import inspect, verdict_from
from pipeline.reading.content import read_content
from pipeline.rules.facts import Facts, RateReading
from pipeline.state.choices import NO_CHOICES, Kind
from pipeline.state.enforcement import Enforcement
from pipeline.testing.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    build_choice,
    build_choices,
    build_facts,
    build_message,
    build_policy,
    build_workspace,
    instant,
)
from pipeline.wire import encode

FULL_SECOND = (RateReading("second", 5, 5, NOW + SECOND), RateReading("day", 100, 5, 0))
NIGHT = """
[[quiet_hours]]
country = "GB"
channels = ["sms"]
purposes = ["utility"]
days = "Mon-Sun"
start = "18:00"
end = "20:00"
rule = "allowed"
source = "a test"
confidence = "low"
"""


def judge(message: OutboundMessage | None = None, facts: Facts | None = None, policy: Policy | None = None) -> Verdict:
    """Inspect a message; everything left out is in order."""
    message = message or build_message()
    return inspect(message, read_content(message.content), facts or build_facts(message), policy or build_policy())


def findings_of(*findings: Finding) -> Verdict:
    """Make a verdict of given findings."""
    return verdict_from(build_message(), list(findings), [], build_facts(), build_policy())


def found(outcome: Outcome, code: str = "opted_out", retry_at: str | None = None) -> Finding:
    """Build a finding."""
    return Finding(
        rule_id="a_rule", clause="1.1", outcome=outcome, code=code, reason="r", remedy="r", retry_at=retry_at
    )


def test_allows_a_message_to_which_no_rule_objects() -> None:
    """No finding, no objection."""
    verdict = judge()
    assert (verdict.outcome, verdict.findings, verdict.shadow) == (Outcome.ALLOW, (), ())


def test_lists_every_finding_also_after_a_block() -> None:
    """An auditor gets every reason, in the order of the rules."""
    facts = build_facts(
        enforcement=Enforcement(workspace_id="ws-1", state="terminated", has_open_incident=True),
        workspace=build_workspace(integrations=[{"id": "key-1", "state": "removed", "scopes": []}]),
        choices=build_choices(build_choice(Kind.WITHDRAWAL)),
        rates=FULL_SECOND,
    )
    rules = [finding.rule_id for finding in judge(facts=facts).findings]
    assert rules == ["termination", "incident", "membership", "scopes", "opt_out", "consent", "plan_rate"]


@pytest.mark.parametrize("outcome", [Outcome.FLAG, Outcome.HOLD, Outcome.BLOCK])
def test_lets_the_strictest_finding_decide(outcome: Outcome) -> None:
    """Whatever stands beside it, the strictest outcome is the verdict's."""
    assert findings_of(found(Outcome.FLAG), found(outcome), found(Outcome.FLAG)).outcome is outcome


@pytest.mark.parametrize(("mode", "outcome"), [("enforce", "defer"), ("shadow", "allow"), ("off", "allow")])
def test_applies_a_rule_as_the_policy_says(mode: str, outcome: str) -> None:
    """Only a rule that is enforced decides."""
    policy = build_policy(f'[rules]\nplan_rate = {{ mode = "{mode}" }}')
    assert judge(facts=build_facts(rates=FULL_SECOND), policy=policy).outcome.value == outcome


@pytest.mark.parametrize(("mode", "rules"), [("enforce", []), ("shadow", ["plan_rate"]), ("off", [])])
def test_says_what_a_rule_in_the_shadow_would_have_said(mode: str, rules: list[str]) -> None:
    """A rule on trial speaks beside the verdict; one that is off is silent."""
    policy = build_policy(f'[rules]\nplan_rate = {{ mode = "{mode}" }}')
    verdict = judge(facts=build_facts(rates=FULL_SECOND), policy=policy)
    assert [finding.rule_id for finding in verdict.shadow] == rules


@pytest.mark.parametrize("lease_seconds", [1, 300, 86_400])
def test_leases_a_verdict_from_its_decision(lease_seconds: int) -> None:
    """The verdict may be used for as long as the policy says."""
    policy = build_policy(f"lease_seconds = {lease_seconds}")
    assert judge(policy=policy).expires_at == instant(lease_seconds * SECOND)


def test_leases_a_deferred_message_from_its_time() -> None:
    """The lease of what may be sent later begins later."""
    verdict = findings_of(found(Outcome.DEFER, retry_at=instant(HOUR)))
    assert (verdict.not_before, verdict.expires_at) == (instant(HOUR), instant(HOUR + 5 * MINUTE))


def test_defers_to_the_latest_of_several_times() -> None:
    """A message waits for the last thing that it has to wait for, whatever the order of the findings."""
    verdict = judge(facts=build_facts(rates=FULL_SECOND), policy=build_policy("defer_spread_seconds = 0" + NIGHT))
    assert verdict.not_before == instant(3 * HOUR)


def test_states_no_time_when_the_message_is_not_merely_deferred() -> None:
    """A held message is not sent at a time, even though another rule would only defer it."""
    verdict = findings_of(found(Outcome.DEFER, retry_at=instant(HOUR)), found(Outcome.HOLD))
    assert (verdict.not_before, verdict.expires_at) == (None, instant(5 * MINUTE))


def test_names_what_a_provider_would_have_answered() -> None:
    """The codes belong to the finding that decided."""
    body = json.loads(encode(findings_of(found(Outcome.FLAG, "plan_rate"), found(Outcome.BLOCK, "opted_out"))))
    assert body["provider_equivalents"]["twilio"] == "21610"


@pytest.mark.parametrize("outcome", [Outcome.ALLOW, Outcome.FLAG])
def test_names_no_provider_code_when_the_message_passes(outcome: Outcome) -> None:
    """What is sent has no error."""
    verdict = findings_of(*([found(outcome)] if outcome is Outcome.FLAG else []))
    assert "provider_equivalents" not in json.loads(encode(verdict))


def test_names_no_provider_code_when_none_is_known() -> None:
    """A code without equivalents leaves the field out."""
    assert "provider_equivalents" not in json.loads(encode(findings_of(found(Outcome.HOLD, "workspace_warned"))))


def test_states_what_it_was_decided_on() -> None:
    """Policy, positions and degraded checks are those of the facts."""
    facts = build_facts(degraded=(Degraded("policy", "can't be used", 7),))
    verdict = judge(facts=facts, policy=build_policy(version="v-9"))
    assert (verdict.policy.version, verdict.seen, verdict.degraded) == ("v-9", facts.seen, facts.degraded)


def test_states_message_workspace_and_time() -> None:
    """A verdict says what it is about and when it was reached."""
    verdict = judge(build_message(message_id="m-7"))
    assert (verdict.message_id, verdict.workspace_id, verdict.decided_at) == ("m-7", "ws-1", instant())


def test_judges_a_message_of_which_nothing_is_known() -> None:
    """Every fact missing at once gives a verdict that holds, and no error."""
    message = build_message(workspace_id=None, actor=None, to="?")
    facts = build_facts(message, workspace=None, choices=None, rates=(), place=None)
    assert judge(message, facts).outcome is Outcome.HOLD


def test_gives_the_same_bytes_for_the_same_arguments() -> None:
    """Nothing but the arguments decides."""
    facts = build_facts(choices=NO_CHOICES, rates=FULL_SECOND)
    assert encode(judge(facts=facts)) == encode(judge(facts=facts))


def test_keeps_the_recipient_and_the_text_out_of_the_verdict() -> None:
    """A verdict names ids and categories, never a number or a body (9.1)."""
    message = build_message(content={"type": "text", "text": "CANARY-TEXT"}, purpose="marketing")
    facts = build_facts(message, choices=build_choices(build_choice(Kind.WITHDRAWAL, -DAY)), rates=FULL_SECOND)
    body = encode(judge(message, facts)).decode()
    assert [canary for canary in (message.to, "CANARY-TEXT") if str(canary) in body] == []
