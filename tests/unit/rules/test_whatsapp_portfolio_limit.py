"""The rule `whatsapp_portfolio_limit`: one person more than the portfolio may write to waits."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.facts import ReachReading, WhatsAppFacts
from pipeline.rules.whatsapp_portfolio_limit import RULE
from pipeline.state.assets import Template
from pipeline.testing.builders import (
    HOUR,
    MINUTE,
    NOW,
    build_facts,
    build_message,
    build_policy,
    build_whatsapp,
    instant,
)

FULL = ReachReading(250, 250, NOW + HOUR)


def judge(reach: ReachReading | None, message: OutboundMessage | None = None, spread: float = 0.0) -> Finding | None:
    """Have the rule look at a message of a portfolio that has reached so many people."""
    message = message or build_whatsapp()
    whatsapp = WhatsAppFacts("pf-1", Template(status="APPROVED"), ("en",), reach)
    facts = build_facts(message, whatsapp=whatsapp, spread=spread)
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize(("spread", "minutes"), [(0.0, 0), (0.5, 5), (0.9, 9)])
def test_defers_until_the_next_place_is_free(spread: float, minutes: int) -> None:
    """All that wait for a place are spread over ten minutes."""
    found = judge(FULL, spread=spread)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.DEFER, "6.1", "portfolio_limit")
    assert found.retry_at == instant(HOUR + minutes * MINUTE)


def test_blocks_what_is_not_valid_any_more_by_then() -> None:
    """An offer that ends before is not sent late."""
    found = judge(FULL, build_whatsapp(valid_until=instant(HOUR - 1)))
    assert found is not None
    assert found.code == "too_late"


@pytest.mark.parametrize("reach", [None, ReachReading(250, 249, 0), ReachReading(250, 250, 0)])
def test_is_silent_when_there_is_a_place(reach: ReachReading | None) -> None:
    """Without a limit, below it, or when the recipient has a place already."""
    assert judge(reach) is None


def test_is_silent_about_text_messages() -> None:
    """A text message takes no place."""
    message = build_message()
    assert RULE.check(message, read_content(message.content), build_facts(message), build_policy()) is None
