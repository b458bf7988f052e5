"""The rule `whatsapp_template_category`: marketing is declared as marketing, and sent by marketing templates."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.facts import WhatsAppFacts
from pipeline.rules.whatsapp_template_category import RULE
from pipeline.state.assets import Template
from pipeline.testing.builders import build_facts, build_message, build_policy, build_whatsapp


def judge(purpose: str, approved: str | None, stated: str | None = None) -> Finding | None:
    """Have the rule look at a message of a purpose by a template of a category."""
    content = {"type": "template", "template": {"name": "n", "language": "en", "category": stated}}
    message = build_whatsapp(purpose=purpose, content=content)
    template = Template(status="APPROVED", category=approved) if approved is not None else None
    facts = build_facts(message, whatsapp=WhatsAppFacts("pf-1", template, ("en",), None))
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize("purpose", ["utility", "authentication", "service"])
def test_blocks_marketing_that_is_declared_as_something_else(purpose: str) -> None:
    """It would be sent with less consent, at night and at another price."""
    found = judge(purpose, "MARKETING", "utility")
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "5.5", "template_category")


@pytest.mark.parametrize("approved", ["UTILITY", "AUTHENTICATION"])
def test_blocks_marketing_by_a_template_that_was_approved_for_something_else(approved: str) -> None:
    """The provider would be told that it is no marketing."""
    assert judge("marketing", approved, "marketing") is not None


@pytest.mark.parametrize("approved", [None, ""])
def test_believes_what_the_message_states_while_nothing_else_is_known(approved: str | None) -> None:
    """A message that contradicts itself is blocked before its template is known."""
    assert (judge("utility", approved, "marketing") is None, judge("utility", approved, "utility")) == (False, None)


@pytest.mark.parametrize(
    ("purpose", "approved"),
    [
        ("marketing", "MARKETING"),
        ("utility", "UTILITY"),
        ("service", "UTILITY"),
        ("authentication", "UTILITY"),
        ("authentication", "AUTHENTICATION"),
        ("utility", ""),
        ("marketing", ""),
    ],
)
def test_is_silent_when_purpose_and_category_agree(purpose: str, approved: str) -> None:
    """Marketing by marketing templates, everything else by others; an unknown category contradicts nothing."""
    assert judge(purpose, approved) is None


def test_believes_the_provider_more_than_the_message() -> None:
    """A template that was put into another category since is what the provider says."""
    assert judge("marketing", "MARKETING", "utility") is None


@pytest.mark.parametrize("message", [build_message(), build_whatsapp(content={"type": "text", "text": "Hello"})])
def test_is_silent_about_what_is_no_template(message: OutboundMessage) -> None:
    """Without a template there is no category."""
    assert RULE.check(message, read_content(message.content), build_facts(message), build_policy()) is None
