"""The rule `identity_wording`: marketing says who sends it."""

import pytest

from pipeline.reading.content import read_content
from pipeline.rules.identity_wording import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

NAMES: dict[str, object] = {"name": "Sunny Bakery", "brands": ["Sunny Bread"], "domains": ["sunnybakery.example"]}


def found_by(text: str, record: dict[str, object] = NAMES, **changes: object) -> tuple[str, str] | None:
    """Have the rule look at a text, and give outcome and clause."""
    content = {"type": "text", "text": text}
    message = build_message(**({"purpose": "marketing", "content": content} | changes))
    facts = build_facts(message, workspace=build_workspace(**record))
    found = RULE.check(message, read_content(message.content), facts, build_policy())
    return (found.outcome.value, found.clause) if found else None


@pytest.mark.parametrize(("to", "clause"), [("+447700900123", "2.1"), ("+12125550123", "6.4"), ("+33612345678", "2.1")])
def test_flags_marketing_without_a_name(to: str, clause: str) -> None:
    """In the United States it is the carriers' wish (6.4), elsewhere the law's (2.1)."""
    assert found_by("Killer deals are waiting for you in store.", to=to) == ("flag", clause)


@pytest.mark.parametrize(
    "text", ["SUNNY BAKERY: new bread", "New: Sunny Bread", "New bread: https://sunnybakery.example/new"]
)
def test_is_silent_when_a_name_stands_in_it(text: str) -> None:
    """The workspace's name, a brand, a domain; in any case."""
    assert found_by(text) is None


def test_is_silent_when_the_message_names_its_brand_and_says_it() -> None:
    """The brand of the message counts."""
    assert found_by("Moon Café: cake", brand="Moon Café") is None


def test_is_silent_when_the_sender_is_a_name() -> None:
    """The recipient sees it."""
    assert found_by("New bread", sender={"type": "alphanumeric", "id": "SunnyBakery"}) is None


def test_is_silent_when_no_name_is_on_record() -> None:
    """Nobody could tell."""
    assert found_by("New bread", {"name": None, "brands": [], "domains": []}) is None


def test_is_silent_where_nothing_asks_for_it() -> None:
    """Of India nothing is on record."""
    assert found_by("New bread", to="+919812345678") is None


def test_is_asked_about_marketing_by_sms_alone() -> None:
    """Other channels and purposes are never shown to it."""
    assert (RULE.channels, RULE.purposes) == (("sms",), ("marketing",))
