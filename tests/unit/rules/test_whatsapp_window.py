"""The rule `whatsapp_window`: who has not written lately gets templates only."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.whatsapp_window import RULE
from pipeline.state.contacts import NO_CONTACTS, Contacts, hear
from pipeline.testing.builders import (
    DAY,
    NOW,
    SENDER,
    WHATSAPP_SENDER,
    build_facts,
    build_policy,
    build_whatsapp,
)

TEXT = {"type": "text", "text": "Your order has been packed."}


def judge(message: OutboundMessage, **facts: object) -> Finding | None:
    """Have the rule look at a message."""
    return RULE.check(message, read_content(message.content), build_facts(message, **facts), build_policy())


def heard(age_milliseconds: int, sender: str = WHATSAPP_SENDER) -> Contacts:
    """Build what is known of a recipient who wrote to a number some time ago."""
    return hear(NO_CONTACTS, sender, NOW - age_milliseconds)


@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication", "service"])
def test_blocks_a_text_to_somebody_who_never_wrote(purpose: str) -> None:
    """Without a message of the recipient there is no window, whatever the purpose."""
    found = judge(build_whatsapp(content=TEXT, purpose=purpose))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "6.1", "window_closed")


@pytest.mark.parametrize(
    ("age_milliseconds", "passes"),
    [(DAY - 1_000, True), (DAY - 1, True), (DAY, False), (DAY + 1, False), (DAY + 1_000, False)],
)
def test_closes_the_window_after_24_hours(age_milliseconds: int, *, passes: bool) -> None:
    """The window is open less than 24 hours after the recipient's last message."""
    assert (judge(build_whatsapp(content=TEXT), contacts=heard(age_milliseconds)) is None) == passes


def test_blocks_a_text_from_a_number_that_the_recipient_did_not_write_to() -> None:
    """Each number has a window of its own."""
    assert judge(build_whatsapp(content=TEXT), contacts=heard(1_000, SENDER)) is not None


def test_says_when_the_window_ended() -> None:
    """The finding helps to see why, without saying who."""
    found = judge(build_whatsapp(content=TEXT), contacts=heard(DAY))
    assert found is not None
    assert found.values == {"window_ended_at": "2026-11-24T15:00:00.000Z"}


@pytest.mark.parametrize("missing", ["contacts", "whatsapp"])
@pytest.mark.parametrize("content", [TEXT, build_whatsapp().content])
def test_holds_when_the_facts_are_missing(missing: str, content: object) -> None:
    """Nothing by WhatsApp passes while it is not known what applies, templates included."""
    found = judge(build_whatsapp(content=content), **{missing: None})
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "whatsapp_unknown")


def test_is_silent_about_templates() -> None:
    """A template needs no window."""
    assert judge(build_whatsapp()) is None


def test_is_asked_about_whatsapp_alone() -> None:
    """An SMS needs no window, and no facts about WhatsApp."""
    assert RULE.channels == ("whatsapp",)
