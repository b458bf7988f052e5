"""The rule `provider_refusal`: what a provider has just refused is not tried again at once."""

from typing import Any

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.reasons import REASONS
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.provider_refusal import RULE
from pipeline.state.refusals import Refusal
from pipeline.testing.builders import DAY, NOW, SENDER, build_facts, build_message, build_policy


def judge(*refusals: Refusal, policy: str = "", **changes: Any) -> Finding | None:  # noqa: ANN401 - passed on
    """Have the rule look at a message after refusals."""
    message = build_message(**changes)
    facts = build_facts(message, refusals=refusals)
    return RULE.check(message, read_content(message.content), facts, build_policy(policy))


def refusal(group: str = "spam_limited", sender: str = SENDER, age_milliseconds: int = 1) -> Refusal:
    """Build a refusal of an SMS."""
    return Refusal(group, "sms", sender, NOW - age_milliseconds)


# Firing.


@pytest.mark.parametrize(
    ("group", "code", "twilio"),
    [
        ("account_restricted", "provider_restricts_account", "30002"),
        ("spam_limited", "provider_limits_spam", "30007"),
        ("country_not_allowed", "provider_refuses_country", "21408"),
    ],
)
def test_blocks_what_would_be_refused_again(group: str, code: str, twilio: str) -> None:
    """The reason says that the third party decided."""
    found = judge(refusal(group))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "6.5", code)
    assert found.decided_by == "third_party"
    assert REASONS[code].providers["twilio"] == twilio


@pytest.mark.parametrize(("age", "is_blocked"), [(DAY - 1, True), (DAY, False), (DAY + 1, False)])
def test_blocks_for_a_day(age: int, *, is_blocked: bool) -> None:
    """Then the provider is asked again."""
    assert (judge(refusal(age_milliseconds=age)) is not None) == is_blocked


@pytest.mark.parametrize(("age", "is_blocked"), [(59_999, True), (60_000, False), (60_001, False)])
def test_blocks_for_as_long_as_the_policy_says(age: int, *, is_blocked: bool) -> None:
    """Officers may choose another time."""
    assert (judge(refusal(age_milliseconds=age), policy="provider_refusal_seconds = 60") is not None) == is_blocked


# Silent.


@pytest.mark.parametrize("changes", [{"channel": "whatsapp"}, {"sender": {"type": "short_code", "id": "2020"}}])
def test_lets_another_channel_or_sender_pass(changes: dict[str, Any]) -> None:
    """Only what was refused is."""
    assert judge(refusal(), **changes) is None


def test_is_silent_when_nothing_was_refused() -> None:
    """Which is so for nearly every message."""
    assert judge() is None
