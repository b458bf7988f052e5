"""The rule `whatsapp_pair_rate`: one message in six seconds from a number to a person."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.whatsapp_pair_rate import RULE
from pipeline.state.contacts import NO_CONTACTS, Contacts, Passed, note_passed
from pipeline.testing.builders import (
    NOW,
    SECOND,
    SENDER,
    WHATSAPP_SENDER,
    build_facts,
    build_message,
    build_policy,
    build_whatsapp,
    instant,
)


def judge(message: OutboundMessage, contacts: Contacts) -> Finding | None:
    """Have the rule look at a message after others."""
    facts = build_facts(message, contacts=contacts)
    return RULE.check(message, read_content(message.content), facts, build_policy())


def passed(age_milliseconds: int, message_id: str = "before", sender: str = WHATSAPP_SENDER) -> Contacts:
    """Build what is known after a message was let pass."""
    return note_passed(NO_CONTACTS, Passed(NOW - age_milliseconds, message_id, sender.lstrip("+")))


@pytest.mark.parametrize(
    ("age_milliseconds", "passes"), [(0, False), (5_000, False), (5_999, False), (6_000, True), (6_001, True)]
)
def test_defers_a_message_within_six_seconds(age_milliseconds: int, *, passes: bool) -> None:
    """The seventh second is free."""
    assert (judge(build_whatsapp(), passed(age_milliseconds)) is None) == passes


def test_defers_until_the_six_seconds_are_over() -> None:
    """The message is judged again as soon as it may be sent."""
    found = judge(build_whatsapp(), passed(2 * SECOND))
    assert found is not None
    assert (found.outcome, found.clause, found.code, found.retry_at) == (
        Outcome.DEFER,
        "6.1",
        "pair_rate",
        instant(4 * SECOND),
    )


def test_blocks_what_is_not_valid_any_more_by_then() -> None:
    """A message that can't wait four seconds is not sent late."""
    found = judge(build_whatsapp(valid_until=instant(3 * SECOND)), passed(2 * SECOND))
    assert found is not None
    assert found.code == "too_late"


def test_is_silent_after_a_message_of_another_number() -> None:
    """The rate is that of a pair."""
    assert judge(build_whatsapp(), passed(0, sender=SENDER)) is None


def test_is_silent_when_the_same_message_is_judged_again() -> None:
    """A message does not stand in its own way."""
    assert judge(build_whatsapp(), passed(0, "m-1")) is None


def test_is_silent_about_text_messages() -> None:
    """A text message from the same number is no WhatsApp message."""
    message = build_message(sender={"type": "phone_number", "id": WHATSAPP_SENDER})
    assert judge(message, passed(0)) is None
