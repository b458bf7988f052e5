"""The rule `whatsapp_us_marketing`: no marketing templates to the United States."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.facts import WhatsAppFacts
from pipeline.rules.whatsapp_us_marketing import RULE
from pipeline.state.assets import Template
from pipeline.testing.builders import build_facts, build_message, build_policy, build_whatsapp

NEW_YORK = "+12125550123"


def judge(message: OutboundMessage, category: str = "MARKETING") -> Finding | None:
    """Have the rule look at a message whose template, if it has one, is of a category."""
    template = Template(status="APPROVED", category=category)
    facts = build_facts(message)
    if message.channel == "whatsapp":
        facts = build_facts(message, whatsapp=WhatsAppFacts("pf-1", template, ("en",), None))
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize("to", [NEW_YORK, "+13055550123", "+18085550123", {"bsuid": "US.1349", "portfolio_id": "pf-1"}])
def test_blocks_a_marketing_template_to_the_united_states(to: object) -> None:
    """By area code, also in Hawaii, and by the country of a business-scoped id."""
    found = judge(build_whatsapp(purpose="marketing", to=to))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "6.1", "us_marketing")


def test_blocks_a_marketing_template_that_is_declared_as_an_update() -> None:
    """What Meta approved as marketing is marketing."""
    assert judge(build_whatsapp(to=NEW_YORK), "MARKETING") is not None


@pytest.mark.parametrize(
    "to",
    ["+14165550123", "+18765550123", "+447700900123", "12", {"bsuid": "CA.1349", "portfolio_id": "pf-1"}],
    ids=["Canada", "Jamaica", "Britain", "no number", "Canadian id"],
)
def test_is_silent_about_other_countries(to: object) -> None:
    """Canada and the Caribbean share the calling code, and get marketing."""
    assert judge(build_whatsapp(purpose="marketing", to=to)) is None


def test_is_silent_about_other_templates() -> None:
    """Order updates are delivered."""
    assert judge(build_whatsapp(to=NEW_YORK), "UTILITY") is None


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_is_silent_about_what_is_no_template(channel: str) -> None:
    """Meta's stop is about templates; text messages are not Meta's."""
    assert judge(build_message(channel=channel, purpose="marketing", to=NEW_YORK)) is None
