"""The rule `whatsapp_pair_rate`: one message in six seconds from a number to a person."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.facts import WhatsAppFacts
from pipeline.rules.whatsapp_pair_rate import RULE
from pipeline.state.assets import Template
from pipeline.testing.builders import (
    NOW,
    SECOND,
    build_facts,
    build_message,
    build_policy,
    build_whatsapp,
    instant,
)


def judge(message: OutboundMessage, age_milliseconds: int) -> Finding | None:
    """Have the rule look at a message whose number wrote to the recipient some time ago."""
    free_milliseconds = NOW - age_milliseconds + 6 * SECOND
    whatsapp = WhatsAppFacts("pf-1", Template(status="APPROVED"), ("en",), None, free_milliseconds)
    facts = build_facts(message, whatsapp=whatsapp if message.channel == "whatsapp" else None)
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize(
    ("age_milliseconds", "passes"), [(0, False), (5_000, False), (5_999, False), (6_000, True), (6_001, True)]
)
def test_defers_a_message_within_six_seconds(age_milliseconds: int, *, passes: bool) -> None:
    """The seventh second is free."""
    assert (judge(build_whatsapp(), age_milliseconds) is None) == passes


def test_defers_until_the_six_seconds_are_over() -> None:
    """The message is judged again as soon as it may be sent."""
    found = judge(build_whatsapp(), 2 * SECOND)
    assert found is not None
    assert (found.outcome, found.clause, found.code, found.retry_at) == (
        Outcome.DEFER,
        "6.1",
        "pair_rate",
        instant(4 * SECOND),
    )


def test_blocks_what_is_not_valid_any_more_by_then() -> None:
    """A message that can't wait four seconds is not sent late."""
    found = judge(build_whatsapp(valid_until=instant(3 * SECOND)), 2 * SECOND)
    assert found is not None
    assert found.code == "too_late"


def test_is_silent_when_the_number_has_not_written() -> None:
    """The first message waits for nothing."""
    message = build_whatsapp()
    assert RULE.check(message, read_content(message.content), build_facts(message), build_policy()) is None


def test_is_silent_about_text_messages() -> None:
    """A text message is no WhatsApp message."""
    assert judge(build_message(), 0) is None
