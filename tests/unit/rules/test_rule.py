"""How a finding is worded, and when a deferral becomes a refusal."""

import string

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.reasons import REASONS
from pipeline.rules.rule import deferral, finding
from pipeline.testing.builders import NOW, NOW_TEXT, build_message, instant

VALUES = {
    name: "x"
    for reason in REASONS.values()
    for text in (reason.reason, reason.remedy)
    for _, name, _, _ in string.Formatter().parse(text)
    if name
}


@pytest.mark.parametrize("code", REASONS)
def test_words_every_code_of_the_catalogue(code: str) -> None:
    """Each code gives a reason and a remedy, whole sentences without a place left open."""
    found = finding("a_rule", "1.1", Outcome.HOLD, code, VALUES)
    assert found.reason.endswith(".")
    assert found.remedy.endswith(".")
    assert "{" not in found.reason + found.remedy


def test_fills_values_into_the_reason() -> None:
    """The values that decided stand in the text, also when they hold braces."""
    assert "{purpose}" in finding("r", "6.2", Outcome.BLOCK, "consent_missing", {"purpose": "{purpose}"}).reason


def test_states_when_to_try_again() -> None:
    """The time to try again is RFC 3339."""
    assert finding("r", "8.1", Outcome.DEFER, "too_late", {}, NOW).retry_at == NOW_TEXT


def test_states_no_time_when_trying_again_does_not_help() -> None:
    """Without a time the field is absent."""
    assert finding("r", "1.1", Outcome.HOLD, "actor_missing").retry_at is None


@pytest.mark.parametrize(
    ("valid_until", "outcome"),
    [
        (None, Outcome.DEFER),
        (instant(-1), Outcome.BLOCK),
        (instant(0), Outcome.DEFER),
        (instant(1), Outcome.DEFER),
        ("9999-12-31T23:59:59-14:00", Outcome.DEFER),
        ("0001-01-01T00:00:00+14:00", Outcome.BLOCK),
    ],
)
def test_defers_only_while_the_message_is_still_valid(valid_until: str | None, outcome: Outcome) -> None:
    """A message that would be sent after it has lost its point is blocked instead."""
    message = build_message(valid_until=valid_until)
    assert deferral(message, "r", "8.1", "too_late", {}, NOW).outcome is outcome
